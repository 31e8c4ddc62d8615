"""Addresses of the monthly round."""

from django.urls import path

from reports.views import months

app_name = "reports"
urlpatterns = [
    path("", months.months, name="months"),
    path("months/close/", months.close, name="close"),
    path("months/compare/", months.compare, name="compare"),
    path("months/settings/", months.settings, name="settings"),
    path("months/<int:pk>/", months.month, name="month"),
    path("months/<int:pk>/ledger/", months.month_ledger, name="month_ledger"),
    path("months/<int:pk>/reopen/", months.reopen, name="reopen"),
    path("ledger/", months.ledger, name="ledger"),
]
