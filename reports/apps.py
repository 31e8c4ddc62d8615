from django.apps import AppConfig

from reports.sentences import TEMPLATES
from tracker import retelling


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "月报与督办"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        retelling.learn(TEMPLATES)
