"""Django's admin with this product's gate. Apart from tracker/apps.py: a module of apps may have one default only."""

from django.contrib.admin.apps import AdminConfig


class JiannuoAdminConfig(AdminConfig):
    default_site = "tracker.adminsite.Site"
