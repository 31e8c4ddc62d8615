from django.apps import AppConfig


class TrackerConfig(AppConfig):
    name = "tracker"
    verbose_name = "目标与完成情况"
    default_auto_field = "django.db.models.BigAutoField"
