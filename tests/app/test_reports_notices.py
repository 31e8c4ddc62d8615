"""催办, 督办: whom a rule finds, how notices go out, replies, steps, extensions."""

from __future__ import annotations

import json
import threading
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core import mail
from django.utils import timezone

from reports.models import Condition, Delivery, Extension, Notice, NoticeRule, NoticeState, Rhythm, Step
from reports.services import delivery, notices
from reports.services.months import RoundError
from tests.app import reports_samples as samples
from tracker.models import Event, Goal, Role
from tracker.services import progress

pytestmark = pytest.mark.django_db
AS_OF = samples.AS_OF
TODAY = date(2024, 11, 12)


@pytest.fixture
def city(settings, monkeypatch):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    monkeypatch.setattr(progress, "default_as_of", lambda: AS_OF)
    goals = samples.make_city()
    own = goals["behind"].organisation
    return {
        "goals": goals,
        "liaison": samples.make_user("liaison", Role.LIAISON, [own]),
        "supervisor": samples.make_user("supervisor", Role.SUPERVISOR),
    }


def make_rule(condition, **more) -> NoticeRule:
    fields = {"name": "规则", "condition": condition, "active": True, "channels": ["app", "mail"], "day": 10}
    return NoticeRule.objects.create(**{**fields, **more})


def found(rule, today=TODAY) -> set[str]:
    return {row.goal.indicator for row in notices.find_targets(rule, AS_OF, today)}


@pytest.mark.parametrize(
    ("condition", "more", "expected"),
    [
        (Condition.BEHIND, {}, {"改造农村户厕", "新改建农村公路"}),
        (Condition.BEHIND, {"gap": 10}, {"改造农村户厕"}),
        (Condition.OVERDUE, {}, {"打通断头路"}),
        (Condition.UNANSWERED, {}, {"培育工业互联网平台"}),
        (Condition.DUE_SOON, {"days": 10}, set()),
    ],
)
def test_rules_find_their_goals(city, condition, more, expected):
    assert found(make_rule(condition, **more)) == expected


def test_due_soon_leaves_out_what_is_reached(city):
    names = found(make_rule(Condition.DUE_SOON, days=60))
    assert "技改投资" in names and "新增国家级专精特新“小巨人”企业" not in names


def test_closed_goals_are_not_chased(city):
    goal = city["goals"]["behind"]
    Goal.objects.filter(pk=goal.pk).update(closed_on=date(2024, 11, 1))
    assert "改造农村户厕" not in found(make_rule(Condition.BEHIND))
    goal.refresh_from_db()
    with pytest.raises(RoundError, match="已于2024-11-01销号"):
        notices.send_notice(goal, Condition.BEHIND, user=city["supervisor"], due_on=TODAY)


@pytest.mark.parametrize(
    ("rhythm", "day", "ran_on", "today", "due"),
    [
        (Rhythm.DAILY, 1, None, date(2024, 11, 12), True),
        (Rhythm.DAILY, 1, date(2024, 11, 12), date(2024, 11, 12), False),
        (Rhythm.WEEKLY, 2, None, date(2024, 11, 11), False),
        (Rhythm.WEEKLY, 2, date(2024, 11, 5), date(2024, 11, 14), True),  # Tuesday was missed
        (Rhythm.WEEKLY, 2, date(2024, 11, 12), date(2024, 11, 14), False),
        (Rhythm.MONTHLY, 10, None, date(2024, 11, 9), False),
        (Rhythm.MONTHLY, 10, date(2024, 10, 10), date(2024, 11, 20), True),
        (Rhythm.MONTHLY, 10, date(2024, 11, 10), date(2024, 11, 20), False),
    ],
)
def test_schedule_of_a_rule(rhythm, day, ran_on, today, due):
    assert notices.is_due(NoticeRule(rhythm=rhythm, day=day, ran_on=ran_on), today) is due


def test_daily_run_sends_once_in_app_and_by_mail(city):
    make_rule(Condition.BEHIND, gap=10, reply_days=5)
    sent = notices.run_rules(TODAY)
    assert [each.goal.indicator for each in sent] == ["改造农村户厕"]
    notice = sent[0]
    assert (notice.step, notice.due_on, notice.sent_by) == (Step.NOTE, TODAY + timedelta(days=5), None)
    assert "目标≥8000户" in notice.body and "落后18.3个百分点" in notice.body and "2024-11-17前回复" in notice.body
    assert {(each.channel, each.user.username) for each in notice.deliveries.all()} == {
        ("app", "liaison"),
        ("mail", "liaison"),
    }
    assert len(mail.outbox) == 1 and mail.outbox[0].to == ["liaison@example.cn"]
    assert f"/reports/notices/{notice.pk}/" in mail.outbox[0].body
    assert notices.run_rules(TODAY) == []
    assert notices.run_rules(TODAY + timedelta(days=1)) == []


def test_missing_account_and_missing_address_are_recorded(city):
    city["liaison"].email = ""
    city["liaison"].save()
    make_rule(Condition.BEHIND)
    notices.run_rules(TODAY)
    errors = set(Delivery.objects.filter(succeeded=False).values_list("error", flat=True))
    assert errors == {"账号没有填写邮箱。", "该单位还没有填报员账号，请管理员建立。"}


def test_steps_go_up_when_nobody_replies_and_stop_at_the_talk(city):
    make_rule(Condition.BEHIND, gap=10, reply_days=5)
    (first,) = notices.run_rules(TODAY)
    (second,) = notices.run_rules(TODAY + timedelta(days=6))
    (third,) = notices.run_rules(TODAY + timedelta(days=12))
    assert notices.run_rules(TODAY + timedelta(days=18)) == []
    first.refresh_from_db()
    assert [first.step, second.step, third.step] == [Step.NOTE, Step.SUPERVISION, Step.TALK]
    assert first.state == NoticeState.ESCALATED and second.follows == first and third.follows == second
    with pytest.raises(RoundError, match="没有更高一步"):
        notices.escalate(third, user=city["supervisor"], today=TODAY)


def test_a_reply_keeps_it_from_going_up(city):
    make_rule(Condition.BEHIND, gap=10, reply_days=5)
    (notice,) = notices.run_rules(TODAY)
    with pytest.raises(RoundError, match="不能为空"):
        notices.reply(notice, user=city["liaison"], words="  ")
    notices.reply(notice, user=city["liaison"], words="已增加施工队。")
    assert notices.run_rules(TODAY + timedelta(days=9)) == []
    notices.close(notice, user=city["supervisor"], reason="整改到位")
    assert (notice.state, notice.replied_by, notice.closed_by) == ("closed", city["liaison"], city["supervisor"])
    with pytest.raises(RoundError, match="已经办结"):
        notices.reply(notice, user=city["liaison"], words="再说一句")
    assert set(Event.objects.values_list("action", flat=True)) >= {"notice", "notice_reply", "notice_close"}


def test_a_goal_is_chased_by_one_notice_at_a_time(city):
    goal = city["goals"]["behind"]
    notices.send_notice(goal, Condition.BEHIND, user=city["supervisor"], due_on=TODAY)
    with pytest.raises(RoundError, match="已有未办结的通知"):
        notices.send_notice(goal, Condition.OVERDUE, user=city["supervisor"], due_on=TODAY)
    assert "改造农村户厕" not in found(make_rule(Condition.BEHIND))


def test_notices_of_reached_goals_are_settled(city):
    goal = city["goals"]["behind"]
    notice = notices.send_notice(goal, Condition.BEHIND, user=city["supervisor"], due_on=TODAY)
    assert notices.settle_notices(AS_OF) == 0
    goal.statuses.filter(as_of=AS_OF).update(status="done")
    assert notices.settle_notices(AS_OF) == 1
    notice.refresh_from_db()
    assert notice.state == NoticeState.CLOSED


def test_extension_keeps_the_original_deadline(city):
    goal = city["goals"]["behind"]
    with pytest.raises(RoundError, match="没有晚于"):
        notices.ask_extension(goal, date(2024, 12, 1), user=city["liaison"], reason="雨季")
    asked = notices.ask_extension(goal, date(2025, 3, 31), user=city["liaison"], reason="雨季")
    with pytest.raises(RoundError, match="已有待审批"):
        notices.ask_extension(goal, date(2025, 6, 30), user=city["liaison"], reason="雨季")
    notices.decide_extension(asked, True, user=city["supervisor"], decision="同意")
    goal.refresh_from_db()
    assert (goal.period_end, goal.original_deadline) == (date(2025, 3, 31), date(2024, 12, 31))
    with pytest.raises(RoundError, match="已经审批"):
        notices.decide_extension(asked, False, user=city["supervisor"])
    second = notices.ask_extension(goal, date(2025, 6, 30), user=city["liaison"], reason="再延")
    notices.decide_extension(second, False, user=city["supervisor"], decision="不再延期")
    goal.refresh_from_db()
    assert goal.period_end == date(2025, 3, 31) and Extension.objects.filter(state="refused").count() == 1


class Robot(BaseHTTPRequestHandler):
    """Takes a robot's message and says that it was taken, or not."""

    taken: list = []
    answer = b'{"errcode": 0}'

    def do_POST(self):
        self.taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *args):
        pass


@pytest.fixture
def robot(settings):
    server = HTTPServer(("127.0.0.1", 0), Robot)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.WEBHOOK_URL = f"http://127.0.0.1:{server.server_port}/robot"
    Robot.taken, Robot.answer = [], b'{"errcode": 0}'
    yield Robot
    server.shutdown()
    server.server_close()


def test_robot_gets_one_text_message(city, robot):
    make_rule(Condition.BEHIND, channels=["webhook"])
    notices.run_rules(TODAY)
    (message,) = robot.taken
    assert message["msgtype"] == "text"
    assert "【工作提示单】望海市农业农村局：改造农村户厕" in message["text"]["content"]
    assert Delivery.objects.filter(channel="webhook", succeeded=True).count() == 2


def test_robot_that_refuses_is_recorded(city, robot):
    robot.answer = '{"errcode": 310000, "errmsg": "关键词不符"}'.encode()
    make_rule(Condition.OVERDUE, channels=["webhook"])
    notices.run_rules(TODAY)
    assert Delivery.objects.get(channel="webhook").error == "群机器人没有收下：关键词不符"


@pytest.mark.parametrize("address", ["ftp://robot", "file:///etc/hosts", "robot"])
def test_robot_address_must_be_http(settings, address):
    settings.WEBHOOK_URL = address
    assert "http" in delivery.post_message({})


def test_nothing_is_sent_before_somebody_switches_a_rule_on(city):
    assert notices.run_rules(TODAY) == [] and NoticeRule.objects.count() == 4
    assert Notice.objects.count() == 0 and mail.outbox == []


def test_the_responsible_person_gets_it_too_but_no_namesake_elsewhere(city):
    people = {
        "head": samples.make_user("head", Role.READER),
        "namesake": samples.make_user("namesake", Role.LIAISON, [city["goals"]["risk"].organisation]),
        "stranger": samples.make_user("nobody", None),
    }
    for user in people.values():
        user.last_name, user.first_name = "李", "秀英"
        user.save()
    notice = notices.send_notice(city["goals"]["behind"], Condition.BEHIND, user=city["supervisor"], due_on=TODAY)
    assert {each.user.username for each in notice.deliveries.filter(channel="app")} == {"liaison", "head"}


def test_unread_notices_are_counted_in_the_menu_until_opened(client, city):
    notice = notices.send_notice(city["goals"]["behind"], Condition.BEHIND, user=city["supervisor"], due_on=TODAY)
    client.force_login(city["liaison"])
    badge = '<span class="badge"'
    assert badge in client.get("/").content.decode()
    client.get(f"/reports/notices/{notice.pk}/")
    assert badge not in client.get("/").content.decode()


def test_a_notice_by_hand_starts_with_what_holds_for_its_goals(client, city):
    client.force_login(city["supervisor"])
    by_name = {goal.indicator: goal.pk for goal in Goal.objects.all()}
    for name, condition in (("打通断头路", "overdue"), ("培育工业互联网平台", "unanswered"), ("改造农村户厕", "behind")):
        page = client.get("/reports/notices/send/", {"goal": by_name[name], "as_of": AS_OF.isoformat()})
        assert page.context["form"]["condition"].value() == condition


def test_what_became_overdue_without_any_new_document_is_chased(city):
    make_rule(Condition.OVERDUE)
    assert notices.chasing_day(TODAY) == AS_OF
    assert notices.chasing_day(date(2025, 2, 15)) == date(2025, 1, 31)
    sent = notices.run_rules(date(2025, 2, 15))
    assert "改造农村户厕" in {each.goal.indicator for each in sent}


def test_closed_notice_is_not_repeated_in_the_same_month(city):
    rule = make_rule(Condition.BEHIND, gap=10, rhythm=Rhythm.DAILY)
    (notice,) = notices.run_rules(TODAY)
    Notice.objects.filter(pk=notice.pk).update(sent_at=timezone.make_aware(datetime(2024, 11, 12, 9)))
    notices.close(notice, user=city["supervisor"])
    assert "改造农村户厕" not in found(rule, TODAY + timedelta(days=1))
    assert "改造农村户厕" in found(rule, date(2024, 12, 10))
