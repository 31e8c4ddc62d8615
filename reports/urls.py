"""Addresses of the monthly round."""

from django.urls import path

from reports.api import views as api
from reports.views import breakdown, filling, months, notices, ranking, tokens

app_name = "reports"
urlpatterns = [
    path("months/", months.months, name="months"),
    path("months/close/", months.close, name="close"),
    path("months/compare/", months.compare, name="compare"),
    path("months/settings/", months.settings, name="settings"),
    path("months/<int:pk>/", months.month, name="month"),
    path("months/<int:pk>/ledger/", months.month_ledger, name="month_ledger"),
    path("months/<int:pk>/bulletin/", months.bulletin, name="bulletin"),
    path("months/<int:pk>/reopen/", months.reopen, name="reopen"),
    path("ledger/", months.ledger, name="ledger"),
    path("fill/", filling.fill, name="fill"),
    path("fill/upload/", filling.upload, name="fill_upload"),
    path("fill/<int:pk>/", filling.fill_web, name="fill_web"),
    path("fill/<int:pk>/workbook/", filling.workbook, name="workbook"),
    path("submissions/", filling.submission_list, name="submissions"),
    path("submissions/<int:pk>/", filling.submission, name="submission"),
    path("submissions/<int:pk>/decide/", filling.submission_decide, name="submission_decide"),
    path("submissions/<int:pk>/withdraw/", filling.submission_withdraw, name="submission_withdraw"),
    path("notices/", notices.notices, name="notices"),
    path("notices/send/", notices.send, name="send"),
    path("notices/rules/", notices.rules, name="rules"),
    path("notices/rules/add/", notices.rule, name="rule_add"),
    path("notices/rules/<int:pk>/", notices.rule, name="rule"),
    path("notices/rules/<int:pk>/run/", notices.rule_run, name="rule_run"),
    path("notices/<int:pk>/", notices.notice, name="notice"),
    path("notices/<int:pk>/reply/", notices.notice_reply, name="notice_reply"),
    path("notices/<int:pk>/act/", notices.notice_act, name="notice_act"),
    path("extensions/ask/<int:pk>/", notices.extend, name="extend"),
    path("extensions/<int:pk>/decide/", notices.extension_decide, name="extension_decide"),
    path("ranking/", ranking.ranking, name="ranking"),
    path("ranking/rules/", ranking.rules, name="scoring"),
    path("ranking/rules/special/", ranking.special_rule, name="special_rule"),
    path("breakdown/", breakdown.breakdown, name="breakdown"),
    path("breakdown/<int:pk>/", breakdown.goal_breakdown, name="goal_breakdown"),
    path("breakdown/<int:pk>/add/", breakdown.task_add, name="task_add"),
    path("breakdown/task/<int:pk>/milestone/", breakdown.milestone_add, name="milestone_add"),
    path("breakdown/<str:kind>/<int:pk>/done/", breakdown.done, name="breakdown_done"),
    path("breakdown/<str:kind>/<int:pk>/remove/", breakdown.remove, name="breakdown_remove"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", tokens.revoke, name="token_revoke"),
    path("api/schema.json", api.schema, name="api_schema"),
    path("api/v1/", api.root, name="api_root"),
    path("api/v1/snapshots/<int:pk>/rows/", api.snapshot_rows, name="api_snapshot_rows"),
    path("api/v1/<str:name>/", api.listing, name="api_list"),
]
