"""Django's admin with this product's gate. Apart from tracker/apps.py: a module of apps may have one default only."""

from django.apps import apps
from django.contrib.admin.apps import AdminConfig

from tracker.adminwords import speak


class JiannuoAdminConfig(AdminConfig):
    default_site = "tracker.adminsite.Site"

    def ready(self) -> None:
        for label in ("tracker", "reports"):
            speak(apps.get_app_config(label))
        super().ready()
