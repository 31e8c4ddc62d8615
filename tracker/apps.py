from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class TrackerConfig(AppConfig):
    name = "tracker"
    verbose_name = "目标与完成情况"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tracker.services import wordindex  # models are there only now

        connection_created.connect(wordindex.prepare_connection)
        post_migrate.connect(wordindex.install, sender=self)
