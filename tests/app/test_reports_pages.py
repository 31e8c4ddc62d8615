"""Pages and interface of the monthly round: every address against every role, and the ways through them."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from reports.api.resources import RESOURCES, ROW
from reports.models import ApiToken, FlagRule, Notice, NoticeRule, ScoreRule, Snapshot, Submission, Task
from reports.roundtrip.layout import KEYS, SHEET
from reports.roundtrip.reading import Entry
from reports.services import breakdown, months, notices, scoring, submissions, tokens
from tests.app import reports_samples as samples
from tracker.models import Goal, GoalStatus, Role

pytestmark = pytest.mark.django_db
AS_OF = samples.AS_OF
NOVEMBER = date(2024, 11, 30)
ALL, STAFF, REPORTING, ADMIN = (
    set(Role.values),
    {"administrator", "supervisor"},
    set(Role.values) - {"reader"},
    {"administrator"},
)


@pytest.fixture
def city(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    goals = samples.make_city()
    own, other = goals["behind"].organisation, goals["risk"].organisation
    users = samples.make_users(own)
    snapshot = months.close_month(AS_OF, user=users["supervisor"])
    for row in GoalStatus.objects.filter(as_of=AS_OF).select_related("result"):
        GoalStatus.objects.create(
            goal=row.goal, as_of=NOVEMBER, status=row.status, computed=row.computed, light=row.light, result=row.result,
            value=row.value, counted_on=row.counted_on, answers=row.answers,
        )  # fmt: skip
    scoring.ensure_rules()
    notices.ensure_rules()
    today = date.today()
    mine = notices.send_notice(goals["behind"], "behind", user=users["supervisor"], due_on=today + timedelta(days=3))
    theirs = notices.send_notice(goals["risk"], "behind", user=users["supervisor"], due_on=today + timedelta(days=3))
    asked = notices.ask_extension(goals["risk"], date(2025, 6, 30), user=users["supervisor"], reason="雨季")
    task = breakdown.add_task(
        goals["behind"], {"title": "东部", "lead": own, "weight": 1}, [], user=users["supervisor"]
    )
    entry = Entry(goals["behind"].pk, value="6000", day="2024-11-30")
    handed_in = submissions.receive_entries(own, NOVEMBER, [entry], user=users["liaison"])
    return {
        "goals": goals, "own": own, "other": other, "users": users, "snapshot": snapshot, "mine": mine, "theirs": theirs,
        "extension": asked, "task": task, "submission": handed_in,
    }  # fmt: skip


def pages(city) -> list[tuple[str, str, set[str]]]:
    """(method, address, roles that get in) of every page about the liaison officer's own organisation or about all."""
    snapshot, own, goal = city["snapshot"].pk, city["own"].pk, city["goals"]["behind"].pk
    rule = NoticeRule.objects.first().pk
    return [
        ("get", reverse("reports:months"), ALL),
        ("get", reverse("reports:month", args=[snapshot]), ALL),
        ("get", reverse("reports:month_ledger", args=[snapshot]), ALL),
        ("get", reverse("reports:bulletin", args=[snapshot]), ALL - {"liaison"}),
        ("get", reverse("reports:compare"), ALL),
        ("post", reverse("reports:close"), STAFF),
        ("post", reverse("reports:reopen", args=[snapshot]), STAFF),
        ("post", reverse("reports:settings"), ADMIN),
        ("get", reverse("reports:ledger"), ALL),
        ("get", reverse("reports:fill"), REPORTING),
        ("post", reverse("reports:fill_upload"), REPORTING),
        ("get", reverse("reports:fill_web", args=[own]), REPORTING),
        ("get", reverse("reports:workbook", args=[own]), REPORTING),
        ("get", reverse("reports:submissions"), REPORTING),
        ("get", reverse("reports:submission", args=[city["submission"].pk]), REPORTING),
        ("post", reverse("reports:submission_decide", args=[city["submission"].pk]), STAFF),
        ("post", reverse("reports:submission_withdraw", args=[city["submission"].pk]), REPORTING),
        ("get", reverse("reports:notices"), ALL),
        ("get", reverse("reports:notice", args=[city["mine"].pk]), ALL),
        ("post", reverse("reports:notice_reply", args=[city["mine"].pk]), REPORTING),
        ("post", reverse("reports:notice_act", args=[city["mine"].pk]), STAFF),
        ("get", reverse("reports:send") + f"?goal={goal}", STAFF),
        ("get", reverse("reports:rules"), STAFF),
        ("get", reverse("reports:rule_add"), STAFF),
        ("get", reverse("reports:rule", args=[rule]), STAFF),
        ("post", reverse("reports:rule_run", args=[rule]), STAFF),
        ("post", reverse("reports:extend", args=[goal]), REPORTING),
        ("post", reverse("reports:extension_decide", args=[city["extension"].pk]), STAFF),
        ("get", reverse("reports:ranking"), ALL),
        ("get", reverse("reports:ranking") + "?quarter=2024q4", ALL),
        ("get", reverse("reports:scoring"), ADMIN),
        ("post", reverse("reports:special_rule"), ADMIN),
        ("get", reverse("reports:breakdown"), ALL),
        ("get", reverse("reports:breakdown") + "?q=改造", ALL),
        ("get", reverse("reports:goal_breakdown", args=[goal]), ALL),
        ("post", reverse("reports:task_add", args=[goal]), STAFF),
        ("post", reverse("reports:milestone_add", args=[city["task"].pk]), STAFF),
        ("post", reverse("reports:breakdown_done", args=["task", city["task"].pk]), REPORTING),
        ("post", reverse("reports:breakdown_remove", args=["task", city["task"].pk]), STAFF),
        ("get", reverse("reports:tokens"), ALL),
    ]


@pytest.mark.parametrize("role", [*Role.values, "stranger", "anonymous"])
def test_every_page_against_every_role(client, city, role):
    if role != "anonymous":
        client.force_login(city["users"][role])
    for method, address, allowed in pages(city):
        answer = getattr(client, method)(address)
        if role == "anonymous":
            assert answer.status_code == 302 and "/login/" in answer["Location"], address
        elif role in allowed:
            assert answer.status_code in (200, 302, 422), (address, answer.status_code)
        else:
            assert answer.status_code == 403, (address, answer.status_code)


def test_liaison_officers_do_not_reach_another_organisations_rows(client, city):
    client.force_login(city["users"]["liaison"])
    other, goal = city["other"].pk, city["goals"]["risk"].pk
    for address in (
        reverse("reports:fill_web", args=[other]),
        reverse("reports:workbook", args=[other]),
        reverse("reports:notice", args=[city["theirs"].pk]),
        reverse("reports:goal_breakdown", args=[goal]),
        reverse("reports:month_ledger", args=[city["snapshot"].pk]) + f"?organisation={other}",
        reverse("reports:ledger") + f"?organisation={other}",
    ):
        assert client.get(address).status_code == 404, address
    assert client.post(reverse("reports:extend", args=[goal])).status_code == 404
    for address in (
        reverse("reports:months"),
        reverse("reports:month", args=[city["snapshot"].pk]),
        reverse("reports:notices"),
        reverse("reports:ranking"),
        reverse("reports:breakdown") + "?q=公路",
    ):
        assert city["other"].name not in client.get(address).content.decode(), address


def sheet_of(answer, name="进展情况总表"):
    return load_workbook(io.BytesIO(b"".join(answer.streaming_content)))[name]


def test_downloads_hold_only_what_one_may_see(client, city):
    client.force_login(city["users"]["liaison"])
    answer = client.get(reverse("reports:month_ledger", args=[city["snapshot"].pk]))
    assert "filename*=utf-8''" in answer["Content-Disposition"]
    names = {row[1].value for row in sheet_of(answer).iter_rows(min_row=5) if row[18].value}
    assert names == {city["own"].name}
    client.force_login(city["users"]["reader"])
    names = {
        row[1].value
        for row in sheet_of(client.get(reverse("reports:ledger") + f"?as_of={AS_OF}")).iter_rows(min_row=5)
        if row[18].value
    }
    assert len(names) == 3


def test_closing_reopening_and_comparing_on_the_page(client, city):
    client.force_login(city["users"]["supervisor"])
    refused = client.post(reverse("reports:close"), {"as_of": "2024-11-15"}, follow=True)
    assert "关账日应为月末" in refused.content.decode()
    done = client.post(reverse("reports:close"), {"as_of": "2024-11-30", "note": "十一月"}, follow=True)
    assert "已关账：截至2024-11-30" in done.content.decode()
    november = Snapshot.objects.get(as_of=NOVEMBER)
    page = client.get(reverse("reports:compare"), {"month": [november.pk, city["snapshot"].pk]}).content.decode()
    assert "2024年10月与2024年11月比较" in page
    assert client.get(reverse("reports:compare"), {"month": [november.pk]}).status_code == 302
    client.post(reverse("reports:reopen", args=[november.pk]), {"reason": "补报"})
    november.refresh_from_db()
    assert november.state == "reopened"


def test_workbook_goes_out_and_comes_back_on_the_page(client, city):
    client.force_login(city["users"]["liaison"])
    december = "2024-12-31"
    answer = client.get(reverse("reports:workbook", args=[city["own"].pk]) + f"?day={december}")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    book[SHEET].cell(5, KEYS.index("value") + 1).value = "约五成"
    refused = client.post(reverse("reports:fill_upload"), {"file": upload(book)})
    assert refused.status_code == 422 and "<li>第5行“完成值”不是数字（“约五成”）。</li>" in refused.content.decode()
    book[SHEET].cell(5, KEYS.index("value") + 1).value = 28
    sent = client.post(reverse("reports:fill_upload"), {"file": upload(book)}, follow=True)
    assert "逐格变化" in sent.content.decode()
    submission = Submission.objects.first()
    client.force_login(city["users"]["supervisor"])
    client.post(reverse("reports:submission_decide", args=[submission.pk]), {"action": "approve", "decision": "属实"})
    submission.refresh_from_db()
    assert submission.state == "approved" and submission.document is not None
    assert client.get(reverse("document", args=[submission.document_id])).status_code == 200


def upload(book) -> SimpleUploadedFile:
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("填报表.xlsx", out.getvalue())


def test_web_form_tells_errors_and_keeps_what_was_typed(client, city):
    client.force_login(city["users"]["liaison"])
    goal = city["goals"]["on_time"].pk
    address = reverse("reports:fill_web", args=[city["own"].pk])
    typed = {"day": "2024-11-30", f"value-{goal}": "若干", f"progress-{goal}": "正在推进"}
    refused = client.post(address, typed)
    page = refused.content.decode()
    assert refused.status_code == 422 and "“完成值”不是数字（“若干”）" in page and "正在推进" in page
    client.post(address, typed | {f"value-{goal}": "27.5"})
    newest = Submission.objects.first()
    assert newest.origin == "web" and newest.entries[0]["value"] == "27.5" and newest.state == "pending"


def test_notice_pages_reply_escalate_and_extend(client, city):
    mine = city["mine"]
    client.force_login(city["users"]["liaison"])
    client.get(reverse("reports:notice", args=[mine.pk]))
    assert mine.deliveries.get(channel="app").read_at is not None
    client.post(reverse("reports:notice_reply", args=[mine.pk]), {"words": "已加快。"})
    client.post(
        reverse("reports:extend", args=[mine.goal_id]), {"deadline": "2025-03-31", "reason": "雨季", "notice": mine.pk}
    )
    client.force_login(city["users"]["supervisor"])
    extension = mine.goal.extensions.get()
    client.post(reverse("reports:extension_decide", args=[extension.pk]), {"action": "grant"})
    client.post(reverse("reports:notice_act", args=[mine.pk]), {"action": "escalate"})
    mine.refresh_from_db()
    goal = Goal.objects.get(pk=mine.goal_id)
    assert (mine.state, mine.next.step) == ("escalated", 2)
    assert (goal.period_end, goal.original_deadline) == (date(2025, 3, 31), date(2024, 12, 31))
    assert "工作提示单" in client.get(reverse("reports:notice", args=[mine.next.pk])).content.decode()


def test_sending_by_hand_about_several_goals(client, city):
    client.force_login(city["users"]["supervisor"])
    goals = [city["goals"]["overdue"].pk, city["goals"]["no_data"].pk, city["goals"]["behind"].pk]
    address = reverse("reports:send")
    assert "就3项目标发出通知" in client.post(address, {"goal": goals}).content.decode()
    form = {"goal": goals, "condition": "overdue", "step": 2, "due_on": str(date.today() + timedelta(days=5))}
    page = client.post(address, form, follow=True).content.decode()
    assert "已发出2件" in page and "已有未办结的通知" in page
    assert Notice.objects.filter(step=2).count() == 2


def test_rules_of_chasing_and_scoring_are_edited(client, city):
    client.force_login(city["users"]["administrator"])
    fields = {
        "name": "周催", "condition": "behind", "days": 30, "gap": "5", "rhythm": "weekly", "day": 3, "reply_days": 4,
        "channels": ["app"], "active": "on",
    }  # fmt: skip
    client.post(reverse("reports:rule_add"), fields)
    assert NoticeRule.objects.get(name="周催").channels == ["app"]
    page = client.get(reverse("reports:scoring"))
    data = {}
    for formset in (page.context["scores"], page.context["flags"]):
        data |= {f"{formset.prefix}-{name}": value for name, value in formset.management_form.initial.items()}
        for form in formset.initial_forms:
            data |= {form.add_prefix(name): form[name].value() for name in form.fields if name != "DELETE"}
    data["score-0-points"] = "12"
    data |= {name: "" for name in data if data[name] is None}
    data["flag-4-colour"] = "#c0392b"  # the empty line of a new flag, as browsers send it
    assert client.post(reverse("reports:scoring"), data).status_code == 302
    assert ScoreRule.objects.order_by("pk").first().points == 12 and FlagRule.objects.count() == 4
    client.post(reverse("reports:special_rule"), {"organisation": city["own"].pk, "status": "done", "points": "15"})
    special = ScoreRule.objects.get(organisation=city["own"])
    client.post(reverse("reports:special_rule"), {"delete": special.pk})
    assert not ScoreRule.objects.filter(organisation=city["own"]).exists()


def test_lead_of_a_task_marks_it_and_a_helper_sees_it(client, city):
    """The goal is another department's: its page stays closed, the task that one leads is one's own to mark."""
    goal, boss = city["goals"]["overdue"], city["users"]["supervisor"]
    page = reverse("reports:goal_breakdown", args=[goal.pk])
    client.force_login(city["users"]["liaison"])
    assert client.get(page).status_code == 404
    theirs = breakdown.add_task(goal, {"title": "征地", "lead": city["other"], "weight": 1}, [city["own"]], user=boss)
    text = client.get(page).content.decode()
    assert "征地" in text and "记下" not in text and reverse("goal", args=[goal.pk]) not in text
    mine = breakdown.add_task(goal, {"title": "排水", "lead": city["own"], "weight": 1}, [], user=boss)
    assert client.get(page).content.decode().count("记下") == 1
    assert goal.indicator in client.get(reverse("reports:breakdown")).content.decode()
    for task, status in ((theirs, 404), (mine, 302)):
        address = reverse("reports:breakdown_done", args=["task", task.pk])
        assert client.post(address, {"done_on": "2024-05-01"}).status_code == status
    assert [str(task.done_on) for task in goal.tasks.order_by("pk")] == ["None", "2024-05-01"]
    client.force_login(city["users"]["stranger"])
    assert client.get(page).status_code == 403


def test_breakdown_on_the_page(client, city):
    client.force_login(city["users"]["supervisor"])
    goal = city["goals"]["overdue"]
    client.post(reverse("reports:task_add", args=[goal.pk]), {"title": "征地", "lead": city["other"].pk, "weight": "1"})
    task = Task.objects.get(title="征地")
    client.post(
        reverse("reports:milestone_add", args=[task.pk]), {"due_on": "2024-03-31", "sentence": "签约", "share": "60"}
    )
    milestone = task.milestones.get()
    client.post(reverse("reports:breakdown_done", args=["milestone", milestone.pk]), {"done_on": "2024-04-02"})
    page = client.get(reverse("reports:goal_breakdown", args=[goal.pk]) + f"?as_of={AS_OF}").content.decode()
    assert "签约" in page and "100.0%" in page
    client.post(reverse("reports:breakdown_remove", args=["task", task.pk]), {"reason": "并入"})
    assert not Task.objects.filter(title="征地").exists()


def key_of(user) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.make_token(user, '测试')[1]}"}


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer jn_wrong"}, {"Authorization": "Basic abc"}])
def test_interface_asks_for_a_key(client, city, header):
    for address in (reverse("reports:api_root"), reverse("reports:api_list", args=["goals"])):
        answer = client.get(address, headers=header)
        assert answer.status_code == 401 and answer["WWW-Authenticate"].startswith("Bearer")


def test_a_session_is_no_key_and_a_revoked_key_is_dead(client, city):
    user = city["users"]["reader"]
    client.force_login(user)
    address = reverse("reports:api_list", args=["goals"])
    assert client.get(address).status_code == 401
    header = key_of(user)
    assert client.get(address, headers=header).status_code == 200
    assert client.post(address, headers=header).status_code == 405
    token = ApiToken.objects.get(user=user)
    assert header["Authorization"].split()[1] not in token.digest and token.used_on is not None
    client.post(reverse("reports:token_revoke", args=[token.pk]))
    assert client.get(address, headers=header).status_code == 401


def test_key_of_a_user_without_a_role_or_with_a_locked_account(client, city):
    address = reverse("reports:api_list", args=["goals"])
    assert client.get(address, headers=key_of(city["users"]["stranger"])).status_code == 403
    user, header = city["users"]["reader"], key_of(city["users"]["reader"])
    user.is_active = False
    user.save()
    assert client.get(address, headers=header).status_code == 401


def everything(client, address, header) -> list[dict]:
    """All pages of a list, by the addresses that the answers give."""
    records, rounds = [], 0
    while address and rounds < 50:
        answer = client.get(address, headers=header)
        assert answer.status_code == 200, answer.content
        body = answer.json()
        records, address, rounds = records + body["data"], body["next"], rounds + 1
    return records


@pytest.mark.parametrize("name", [*RESOURCES, "rows"])
def test_every_resource_page_by_page_in_the_documented_form(client, city, name):
    header = key_of(city["users"]["supervisor"])
    schema = client.get(reverse("reports:api_schema")).json()
    if name == "rows":
        address, fields = reverse("reports:api_snapshot_rows", args=[city["snapshot"].pk]), ROW
        described = schema["components"]["schemas"]["snapshot_rows"]
    else:
        address, fields = reverse("reports:api_list", args=[name]), RESOURCES[name].fields
        described = schema["components"]["schemas"][name]
    records = everything(client, f"{address}?limit=2&status_as_of={AS_OF}", header)
    whole = everything(client, f"{address}?limit=500&status_as_of={AS_OF}", header)
    assert records == whole and len(records) == {"goals": 10, "results": 6, "links": 6, "snapshots": 1, "rows": 9}[name]
    assert set(described["properties"]) == {field.name for field in fields} == set(records[0])
    for record in records:
        for field, shape in described["properties"].items():
            check_value(record[field], shape, field)


def check_value(value, shape, field):
    kinds = shape["type"] if isinstance(shape["type"], list) else [shape["type"]]
    if value is None:
        assert "null" in kinds, field
        return
    types = {"string": str, "integer": int, "number": (int, float), "array": list}
    assert any(isinstance(value, types[kind]) for kind in kinds if kind != "null"), (field, value)
    assert "enum" not in shape or value in shape["enum"], (field, value)


def test_interface_gives_a_liaison_officer_only_the_own_organisation(client, city):
    header = key_of(city["users"]["liaison"])
    for name in ("goals", "results"):
        records = everything(client, reverse("reports:api_list", args=[name]), header)
        assert records and {each["organisation"] for each in records} == {city["own"].pk}
    links = everything(client, reverse("reports:api_list", args=["links"]), header)
    assert {each["goal"] for each in links} <= {each.pk for each in Goal.objects.filter(organisation=city["own"])}
    rows = everything(client, reverse("reports:api_snapshot_rows", args=[city["snapshot"].pk]) + "?limit=1", header)
    assert {each["organisation"] for each in rows} == {city["own"].pk} and len(rows) == 2


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=501",
        "limit=abc",
        "after=-1",
        "organisation=x",
        "changed_since=gestern",
        "status_as_of=2024-13-01",
        "limit=１",
    ],
)
def test_parameters_that_cannot_be_read(client, city, query):
    answer = client.get(
        reverse("reports:api_list", args=["goals"]) + f"?{query}", headers=key_of(city["users"]["reader"])
    )
    assert answer.status_code == 400 and "应为" in answer.json()["error"]


def test_filters_and_figures_of_the_interface(client, city):
    header = key_of(city["users"]["reader"])
    address = reverse("reports:api_list", args=["goals"])
    own = everything(client, f"{address}?organisation={city['own'].pk}&status_as_of={AS_OF}", header)
    behind = next(each for each in own if each["indicator"] == "改造农村户厕")
    assert (behind["value"], behind["done"], behind["completion"]) == ("8000", "5200", "0.65")
    assert behind["status"] == "behind" and behind["period_end"] == "2024-12-31"
    assert everything(client, f"{address}?changed_since=2090-01-01T00:00:00%2B08:00", header) == []
    assert client.get(reverse("reports:api_list", args=["users"]), headers=header).status_code == 404


def test_schema_is_open_and_whole(client, city):
    answer = client.get(reverse("reports:api_schema"))
    body = json.loads(answer.content)
    assert answer.status_code == 200 and body["openapi"] == "3.1.0"
    assert set(body["paths"]) == {"/goals/", "/results/", "/links/", "/snapshots/", "/snapshots/{id}/rows/"}


def test_every_field_of_the_interface_stands_in_its_documentation(settings):
    text = (settings.BASE_DIR / "docs" / "API.md").read_text(encoding="utf-8")
    parts = text.split("### ")[1:]
    assert len(parts) == len(RESOURCES) + 1
    for part, fields in zip(parts, [*(each.fields for each in RESOURCES.values()), ROW], strict=True):
        assert [line.split("`")[1] for line in part.splitlines() if line.startswith("| `")] == [f.name for f in fields]
