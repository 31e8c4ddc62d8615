"""A small office for the tests of reports: organisations, goals with statuses, users of every role."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal

from django.contrib.auth import get_user_model

from tracker.models import (
    ChangeKind,
    Document,
    Goal,
    GoalChange,
    GoalStatus,
    Light,
    Link,
    LinkState,
    Organisation,
    Profile,
    Result,
    Role,
    Status,
)

AS_OF = date(2024, 10, 31)
HOSTILE = '=HYPERLINK("http://bad.example","点我")'


def make_user(name: str, role: str | None, organisations: list[Organisation] | None = None):
    user = get_user_model().objects.create_user(name, f"{name}@example.cn")  # force_login needs no password
    if role:
        profile = Profile.objects.create(user=user, role=role)
        profile.organisations.set(organisations or [])
    return user


def make_users(own: Organisation) -> dict[str, object]:
    """One user of every role; the liaison officer belongs to ``own``."""
    users = {role: make_user(role, role, [own] if role == Role.LIAISON else None) for role in Role.values}
    return {**users, "stranger": make_user("stranger", None)}


def make_organisation(name: str) -> Organisation:
    return Organisation.objects.create(name=name, key=name)


def make_document(name: str, day: date = date(2024, 1, 10)) -> Document:
    content = "本文件列出全年重点工作。" * 10
    return Document.objects.create(
        sha256=hashlib.sha256(name.encode()).hexdigest(), name=name, title=name, size=10, published_on=day,
        content=content, paragraphs=[[0, len(content), 1, None, "body", None]],
    )  # fmt: skip


def make_goal(organisation: Organisation, indicator: str, value: object, unit: str = "个", **more: object) -> Goal:
    fields = {
        "organisation": organisation,
        "indicator": indicator,
        "quote": f"全年{indicator}达到{value}{unit}以上",
        "value": None if value is None else Decimal(str(value)),
        "unit": unit if value is not None else "",
        "comparator": "ge" if value is not None else "",
        "measure": "level" if value is not None else "",
        "period_start": date(2024, 1, 1),
        "period_end": date(2024, 12, 31),
        "paragraph": 3,
    }
    return Goal.objects.create(**{**fields, **more})


def answer(goal: Goal, value: object, document: Document | None, unit: str | None = None, **more: object) -> Result:
    """A result that answers the goal, linked and accepted."""
    fields = {
        "organisation": goal.organisation,
        "indicator": goal.indicator,
        "quote": f"截至10月底{goal.indicator}{value}{unit or goal.unit}",
        "value": None if value is None else Decimal(str(value)),
        "unit": (unit or goal.unit) if value is not None else "",
        "comparator": "eq" if value is not None else "",
        "measure": goal.measure if value is not None else "",
        "period_end": AS_OF,
        "document": document,
        "paragraph": 5,
    }
    result = Result.objects.create(**{**fields, **more})
    Link.objects.create(goal=goal, result=result, relation="progress", score=0.9, state=LinkState.ACCEPTED)
    return result


def state(goal: Goal, status: str, light: str, result: Result | None = None, **more: object) -> GoalStatus:
    """How far the goal is as of AS_OF."""
    fields = {"status": status, "computed": status, "light": light, "result": result, "answers": int(bool(result))}
    return GoalStatus.objects.create(goal=goal, as_of=AS_OF, **{**fields, **more})


def make_city() -> dict[str, Goal]:
    """Nine goals of three organisations, one of every status word."""
    industry, farming, transport = (make_organisation(f"望海市{n}局") for n in ("工业和信息化", "农业农村", "交通运输"))
    plan, report = make_document("2024年工作计划"), make_document("2024年1—10月进展", date(2024, 11, 2))
    goals: dict[str, Goal] = {}

    def add(name, organisation, indicator, target, status, light, done=None, completion=None, unit="个", **more):
        status_more = more.pop("status_more", {})
        result_unit = more.pop("result_unit", None)
        goal = make_goal(organisation, indicator, target, unit, document=plan, start=0, end=5, **more)
        result = answer(goal, done, report, result_unit, start=0, end=4) if done is not None else None
        share = Decimal("0.8333") if completion is not None else None
        gap = round((Decimal(str(completion)) - share) * 100, 2) if completion is not None else None
        value = None if done is None else Decimal(done) / (10_000 if result_unit == "万元" else 1)
        numbers = {
            "completion": completion,
            "time_share": share,
            "gap": gap,
            "value": value,
            "counted_on": result and AS_OF,
        }
        state(goal, status, light, result, **{**numbers, **status_more})
        goals[name] = goal

    add("done", industry, "新增国家级专精特新“小巨人”企业", 12, Status.DONE, Light.GREEN, 13, "1.0833", owner="王建国")
    add("ahead", industry, "技改投资", 50, Status.AHEAD, Light.GREEN, 440000, "0.88", "亿元", result_unit="万元")
    add("on_time", farming, "新建高标准农田", 30, Status.ON_TIME, Light.GREEN, 25, "0.8333", "万亩", owner="李秀英")
    add("behind", farming, "改造农村户厕", 8000, Status.BEHIND, Light.DARK_YELLOW, 5200, "0.65", "户", owner="李秀英",
        status_more={"declared": Status.DONE, "declared_completion": "1"})  # fmt: skip
    add("risk", transport, "新改建农村公路", 120, Status.AT_RISK, Light.YELLOW, 90, "0.75", "公里")
    add("overdue", transport, "打通断头路", 6, Status.OVERDUE, Light.RED, 3, "0.5", "条", period_end=date(2024, 6, 30))
    add("not_started", transport, "启动综合客运枢纽建设", None, Status.NOT_STARTED, Light.RED, problems=HOSTILE)
    add("adjusted", industry, "规上工业增加值增长", "7.5", Status.ADJUSTED, Light.YELLOW, unit="%", measure="growth")
    add("no_data", industry, "培育工业互联网平台", 5, Status.NO_DATA, Light.GREY,
        status_more={"searched": "查过《2024年1—10月进展》等2份文件，到2024-11-02"})  # fmt: skip
    # said after the year was over, so that it is no goal of its own as of AS_OF
    told_later = make_document("2024年工作回顾", date(2025, 1, 15))
    later = make_goal(
        industry, "规上工业增加值增长", 6, "%", measure="growth", document=told_later, comparator="approx", period_start=None
    )  # fmt: skip
    GoalChange.objects.create(
        goal=goals["adjusted"], later=later, document=report, kind=ChangeKind.LOWERED, happened_on=date(2024, 7, 20),
        sentence="由7.5%下调为6%左右。",
    )  # fmt: skip
    return goals
