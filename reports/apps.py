from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "月报与督办"
    default_auto_field = "django.db.models.BigAutoField"
