"""A small town for the tests of pages: two organisations, a document with marks, links, a change, a finding, a job."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from tests import factories
from tracker.models import (
    ChangeKind,
    Document,
    Event,
    Finding,
    FindingKind,
    Goal,
    GoalChange,
    ImportJob,
    JobState,
    Link,
    LinkState,
    Organisation,
    Result,
    Role,
    SavedView,
)

TEXT = "望海市商务局2024年计划\n全年新增外贸企业100家以上，其中重点企业不少于10家。\n上半年新增外贸企业56家。"
DAY = date(2024, 7, 31)


@dataclass
class Town:
    """Rows by name; ``other`` is the organisation that the liaison officer does not answer for."""

    organisation: Organisation
    other: Organisation
    document: Document
    other_document: Document
    goal: Goal
    inner: Goal
    result: Result
    link: Link
    other_goal: Goal
    other_result: Result
    other_link: Link
    change: GoalChange
    finding: Finding
    job: ImportJob
    users: dict[str, Any]


def paragraphs(text: str) -> list[list[Any]]:
    """One paragraph a line."""
    found, place = [], 0
    for number, line in enumerate(text.split("\n"), 1):
        found.append([place, place + len(line), number, None, "body", None])
        place += len(line) + 1
    return found


def placed(text: str, words: str) -> dict[str, int]:
    start = text.index(words)
    return {"start": start, "end": start + len(words)}


def build_users(own: Organisation) -> dict:
    """One user of each role, the liaison officer for this organisation, and one without a role."""
    return {
        "administrator": factories.user("admin", Role.ADMINISTRATOR),
        "supervisor": factories.user("supervisor", Role.SUPERVISOR),
        "liaison": factories.user("liaison", Role.LIAISON, own),
        "reader": factories.user("reader", Role.READER),
        "stranger": factories.user("stranger", None),
    }


def build_goals(own: Organisation, document: Document) -> tuple[Goal, Goal]:
    """Two goals of one sentence, the second inside the first."""
    sentence = "全年新增外贸企业100家以上，其中重点企业不少于10家"
    goal = factories.goal(
        organisation=own,
        document=document,
        owner="沈怀仁",
        post="局长",
        quote=sentence,
        paragraph=2,
        **placed(TEXT, sentence),
    )
    inner = factories.goal(
        organisation=own,
        document=document,
        indicator="重点企业",
        value=10,
        quote="重点企业不少于10家",
        paragraph=2,
        **placed(TEXT, "重点企业不少于10家"),
    )
    return goal, inner


def build_town() -> Town:
    own, other = factories.organisation("望海市商务局"), factories.organisation("望海市教育局")
    document = factories.document(TEXT, issuer=own, title="望海市商务局2024年计划", published_on=date(2024, 1, 20))
    document.paragraphs = paragraphs(TEXT)
    document.save()
    far = factories.document("全年新建学校12所。", issuer=other, published_on=date(2024, 1, 21))
    goal, inner = build_goals(own, document)
    words = "上半年新增外贸企业56家"
    result = factories.result(organisation=own, document=document, quote=words, paragraph=3, **placed(TEXT, words))
    link = factories.link(goal, result)
    other_goal = factories.goal(
        organisation=other, document=far, indicator="新建学校", quote="全年新建学校12所", value=12, unit="所", owner="周知远"
    )
    other_result = factories.result(organisation=other, indicator="新建学校", quote="已新建学校3所", value=3, unit="所")
    other_link = factories.link(other_goal, other_result, state=LinkState.PROPOSED, score=0.8)
    change = GoalChange.objects.create(
        goal=goal,
        document=document,
        kind=ChangeKind.LOWERED,
        happened_on=date(2024, 6, 1),
        sentence="由100家下调为80家",
    )
    finding = Finding.objects.create(
        kind=FindingKind.FALLING_SERIES, goal=goal, sentence="累计数下降", fingerprint="f1"
    )
    job = factories.job(document, state=JobState.DONE)
    users = build_users(own)
    SavedView.objects.create(user=users["supervisor"], page="goals", name="滞后", query="status=behind")
    Event.objects.create(user=users["supervisor"], action="note", summary="记一笔")
    return Town(
        own,
        other,
        document,
        far,
        goal,
        inner,
        result,
        link,
        other_goal,
        other_result,
        other_link,
        change,
        finding,
        job,
        users,
    )


def htmx(client, address: str, values: dict | None = None):
    if values is None:
        return client.get(address, headers={"hx-request": "true"})
    return client.post(address, values, headers={"hx-request": "true"})
