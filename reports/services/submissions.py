"""What departments hand in: taken in with its differences, approved into results, returned or withdrawn."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext

from reports.ledger.rows import describe_target, plain
from reports.models import Submission, SubmissionOrigin, SubmissionState
from reports.roundtrip.reading import Entry, check_open, read_workbook
from reports.services.months import RoundError
from tracker.access import visible
from tracker.models import (
    Document,
    Event,
    Goal,
    GoalStatus,
    Link,
    LinkState,
    Organisation,
    Origin,
    Result,
    Review,
    Status,
)
from tracker.services import linking, progress
from tracker.services.corrections.journal import save_changes, take_revision

State = SubmissionState
FIELD_TITLES = {
    "value": "完成值", "completion": "自报完成率（%）", "declared": "自报状态", "progress": "进展情况", "problems": "存在问题",
    "steps": "下步措施",
}  # fmt: skip


@dataclass
class Received:
    """What became of an upload: a submission, or numbered errors and nothing stored."""

    submission: Submission | None
    errors: list[str]


def receive_workbook(data: bytes, name: str, *, user: Any) -> Received:
    """Take a filled-in workbook in. Raises RoundError for one that is foreign, stale, rebuilt or not this user's to file."""
    reading = read_workbook(data)
    issue = reading.issue
    _check_organisation(issue.organisation, user)
    mark = hashlib.sha256(data).hexdigest()
    before = Submission.objects.filter(sha256=mark, state=State.APPROVED).first()
    if before:
        raise RoundError(gettext("这份文件已于%(decided_at)s采纳，不用再传。") % {"decided_at": format(timezone.localtime(before.decided_at), "%Y-%m-%d %H:%M")})
    if reading.errors:
        return Received(None, reading.errors)
    if not reading.entries:
        raise RoundError(gettext("表里没有填写任何内容。"))
    submission = Submission(
        organisation=issue.organisation, as_of=issue.as_of, issue=issue, origin=SubmissionOrigin.WORKBOOK,
        file_name=name[:255], sha256=mark, submitted_by=user,
    )  # fmt: skip
    return Received(_submit(submission, reading.entries, ContentFile(data, name=f"{mark[:16]}.xlsx")), [])


def receive_entries(organisation: Organisation, as_of: date, entries: Sequence[Entry], *, user: Any) -> Submission:
    """Take in what was typed into the web page."""
    _check_organisation(organisation, user)
    check_open(as_of)
    told = [entry for entry in entries if entry.says_something]
    if not told:
        raise RoundError(gettext("没有填写任何内容。"))
    submission = Submission(
        organisation=organisation, as_of=as_of, origin=SubmissionOrigin.WEB, submitted_by=user
    )  # fmt: skip
    return _submit(submission, told, None)


def _check_organisation(organisation: Organisation, user: Any) -> None:
    if not visible(Organisation.objects.filter(pk=organisation.pk), user, "pk").exists():
        raise RoundError(gettext("这是%(name)s的填报表，您不是该单位的填报员，不能提交。") % {"name": organisation.name})


def _submit(submission: Submission, entries: Sequence[Entry], file: ContentFile | None) -> Submission:
    submission.entries = [entry.as_json() for entry in entries]
    submission.differences = find_cell_differences(entries, submission.as_of)
    same = {"organisation": submission.organisation, "as_of": submission.as_of, "state": State.PENDING}
    try:
        with transaction.atomic():
            _refuse_other(Submission.objects.filter(**same).exclude(submitted_by=submission.submitted_by).first())
            Submission.objects.filter(**same).update(
                state=State.WITHDRAWN, decided_at=timezone.now(), decision="填报人重新提交"
            )
            if file is not None:
                submission.file = file
            submission.save()
            _record("submit", submission, submission.submitted_by, f"{len(entries)}项")
    except IntegrityError:
        _refuse_other(Submission.objects.filter(**same).first())
        raise
    return submission


def _refuse_other(other: Submission | None) -> None:
    if other is not None:
        when = timezone.localtime(other.submitted_at).strftime("%m月%d日 %H:%M")
        raise RoundError(
            gettext("%(submitted_by)s已于%(when)s提交了%(organisation)s本月的填报，正待审批。请先核对那一份；要以您的为准，请对方撤回或由督查部门退回。") % {"submitted_by": other.submitted_by, "when": when, "organisation": other.organisation}
        )


def _record(action: str, submission: Submission, user: Any, words: str, reason: str = "") -> None:
    verbs = {"submit": "提交填报", "approve": "采纳填报", "return": "退回填报", "withdraw": "撤回填报"}
    Event.objects.create(
        user=user, action=f"submission_{action}", model="submission", object_id=submission.pk, reason=reason[:300],
        summary=f"{verbs[action]}：{submission.organisation}，截至{submission.as_of}，{words}"[:400],
    )  # fmt: skip


def find_cell_differences(entries: Sequence[Entry], as_of: date) -> list[dict[str, Any]]:
    """Cell by cell: number, place, goal, what stands now and what is handed in, with a doubt in words where there is one."""
    goals = Goal.objects.in_bulk([entry.goal for entry in entries])
    statuses = {
        row.goal_id: row
        for row in GoalStatus.objects.filter(as_of=as_of, goal__in=goals).select_related("result").defer("arithmetic")
    }
    found: list[dict[str, Any]] = []
    for entry in entries:
        goal, status = goals[entry.goal], statuses.get(entry.goal)
        now = _present(goal, status)
        for name, title in FIELD_TITLES.items():
            new = getattr(entry, name)
            if new in (None, "") and name not in ("problems", "steps"):
                continue
            shown = _shown(name, new, goal)
            if new is not None and shown != now[name]:
                found.append(
                    {
                        "number": len(found) + 1, "row": entry.row, "goal": goal.pk, "indicator": goal.indicator,
                        "field": title, "old": now[name], "new": shown, "doubt": _doubt(name, entry, goal, status),
                    }
                )  # fmt: skip
    return found


def _present(goal: Goal, status: GoalStatus | None) -> dict[str, str]:
    blank = {"value": "", "completion": "", "declared": "", "progress": ""}
    if status is not None:
        if status.value is not None:
            blank["value"] = f"{plain(status.value)}{goal.unit}"
        if status.declared_completion is not None:
            blank["completion"] = f"{plain(status.declared_completion * 100)}%"
        blank["declared"] = Status(status.declared).label if status.declared else ""
        blank["progress"] = status.result.quote if status.result else ""
    return {**blank, "problems": goal.problems, "steps": goal.steps}


def _shown(name: str, value: str | None, goal: Goal) -> str:
    if name == "value":
        return f"{value}{goal.unit}"
    if name == "completion":
        return f"{value}%"
    return Status(value).label if name == "declared" and value else value or ""


def _doubt(name: str, entry: Entry, goal: Goal, status: GoalStatus | None) -> str:
    """What an approver should look at twice."""
    if name == "declared" and entry.declared == Status.DONE and entry.value and goal.comparator == "ge":
        return "自报已完成，但完成值低于目标值。" if Decimal(entry.value) < (goal.value or 0) else ""
    if name != "value" or entry.value is None:
        return ""
    if goal.value is None:
        return "目标本身没有数值。"
    if status is None or status.value is None or goal.measure != "level":
        return ""
    old, new = status.value, Decimal(entry.value)
    if new < old:
        return f"低于上次的{plain(old)}{goal.unit}，累计数一般不应下降。"
    return "比上次多十倍以上，请核对单位。" if old > 0 and new > old * 10 else ""


def approve(submission: Submission, *, user: Any, decision: str = "") -> Submission:
    """Turn a submission into results of that department, linked to their goals, with the file as their source."""
    check_open(submission.as_of)
    with transaction.atomic():
        _decide(submission, State.APPROVED, user, decision)
        entries = [Entry(**entry) for entry in submission.entries]
        goals = Goal.objects.select_related("organisation").in_bulk([entry.goal for entry in entries])
        gone = [entry.goal for entry in entries if entry.goal not in goals]
        if gone:
            raise RoundError(gettext("有%(n)s项目标已被删除，请退回该单位重新填报。") % {"n": len(gone)})
        text = _Rendering(submission, [(entry, goals[entry.goal]) for entry in entries])
        document = _store_document(submission, text)
        for entry in entries:
            _store_entry(entry, goals[entry.goal], submission, document, text, user)
        submission.document = document
        submission.save(update_fields=["document"])
        _record("approve", submission, user, f"{len(entries)}项，{len(submission.differences)}处变化", decision)
    progress.refresh([entry.goal for entry in entries])
    linking.relink([submission.organisation_id])
    return submission


def _decide(submission: Submission, state: str, user: Any, decision: str) -> None:
    now = timezone.now()
    done = Submission.objects.filter(pk=submission.pk, state=State.PENDING).update(
        state=state, decided_by=user, decided_at=now, decision=decision.strip()[:300]
    )
    if not done:
        raise RoundError(gettext("这份填报已经处理过，请刷新页面。"))
    submission.refresh_from_db()


class _Rendering:
    """A submission as text, one paragraph a goal, so that every result can be shown in its place."""

    def __init__(self, submission: Submission, rows: Sequence[tuple[Entry, Goal]]) -> None:
        self.title = f"{submission.organisation.name}填报第{submission.pk}号（截至{submission.as_of}）"
        self.content, self.paragraphs = self.title, [[0, len(self.title), 1, None, "heading", 1]]
        self.spans: dict[int, tuple[int, int, int]] = {}
        self.completions: dict[int, tuple[int, int, int]] = {}
        for number, (entry, goal) in enumerate(rows, 2):
            self._add(number, entry, goal)

    def _add(self, number: int, entry: Entry, goal: Goal) -> None:
        start = len(self.content) + 1
        head = f"第{entry.row}行　" if entry.row else ""
        report = f"{goal.indicator}：{_report(entry, goal)}"
        completion = f"自报完成率{entry.completion}%。" if entry.completion is not None else ""
        rest = "".join(
            f"{title}：{_line(words)}。"
            for title, words in (("存在问题", entry.problems), ("下步措施", entry.steps))
            if words
        )
        self.content += f"\n{head}{report}{completion}{rest}"
        at = start + len(head)
        self.spans[goal.pk] = (at, at + len(report), number)
        self.completions[goal.pk] = (at + len(report), at + len(report) + len(completion), number)
        self.paragraphs.append([start, len(self.content), number, None, "body", None])


def _line(words: str) -> str:
    return " ".join(words.split("\n")).strip().rstrip("。")


def _report(entry: Entry, goal: Goal) -> str:
    """The sentence of a result: 截至2024-10-31完成25万亩。进展情况：……。"""
    parts = []
    if entry.value is not None:
        parts.append(f"截至{entry.day}，完成值{entry.value}{goal.unit}。")
    if entry.declared:
        parts.append(f"自报状态：{Status(entry.declared).label}。")
    if entry.progress:
        parts.append(f"进展情况：{_line(entry.progress)}。")
    return "".join(parts)


def _store_document(submission: Submission, text: _Rendering) -> Document:
    """The workbook, or what was typed in, as a document. One imported before under the same fingerprint is taken as it is."""
    name, form, data = submission.file_name, "xlsx", b""
    if submission.file:
        with submission.file.open("rb") as file:
            data = file.read()
    else:
        form, data = "txt", text.content.encode()
        name = f"{submission.organisation.name}网页填报第{submission.pk}号（截至{submission.as_of}）.txt"
    mark = hashlib.sha256(data).hexdigest()
    known = Document.objects.filter(sha256=mark).first()
    if known is not None:
        return known
    document = Document(
        sha256=mark, name=name, size=len(data), format=form, title=text.title, issuer=submission.organisation,
        published_on=_dated(submission), period_end=submission.as_of, content=text.content,
        paragraphs=text.paragraphs, sources={"title": "填报", "issuer": "填报", "published_on": "填报"},
        uploaded_by=submission.submitted_by, read_at=timezone.now(), notes=["部门填报，由系统按行写成文字。"],
    )  # fmt: skip
    document.file.save(f"{mark[:16]}.{form}", ContentFile(data), save=False)
    document.save()
    return document


def _dated(submission: Submission) -> date:
    """The filing's own cut-off: what is filed for August in September is news of August, and moves no page to September.

    Where a document that came in the meantime answers the same goals, the day after that document (in the same month),
    so that the filing speaks last. Never after the day it was handed in.
    """
    handed_in = timezone.localdate(submission.submitted_at)
    goals = [entry["goal"] for entry in submission.entries]
    answers = Result.objects.filter(links__goal__in=goals, links__state=LinkState.ACCEPTED)
    newest = answers.filter(document__published_on__lte=handed_in).aggregate(day=Max("document__published_on"))["day"]
    last = min(newest + timedelta(days=1), progress.month_end(newest)) if newest else submission.as_of
    return min(handed_in, max(submission.as_of, last))


def _store_entry(
    entry: Entry, goal: Goal, submission: Submission, document: Document, text: _Rendering, user: Any
) -> None:
    if entry.value is not None or entry.progress or entry.declared:
        value = None if entry.value is None or goal.value is None else Decimal(entry.value)
        _add_result(entry, goal, submission, document, text, text.spans, user, value=value)
    if entry.completion is not None:
        stated = {"value": Decimal(entry.completion), "unit": "%", "measure": "completion"}
        _add_result(entry, goal, submission, document, text, text.completions, user, **stated)
    changes = {
        name: getattr(entry, name)
        for name in ("problems", "steps")
        if getattr(entry, name) is not None and getattr(entry, name) != getattr(goal, name)
    }
    if changes:
        take_revision(goal, None)
        save_changes(goal, changes, user=user, reason=f"采纳{submission.organisation}填报")


def _add_result(
    entry: Entry,
    goal: Goal,
    submission: Submission,
    document: Document,
    text: _Rendering,
    spans: Mapping[int, tuple[int, int, int]],
    user: Any,
    *,
    value: Decimal | None,
    unit: str | None = None,
    measure: str | None = None,
) -> None:
    start, end, paragraph = spans[goal.pk]
    _replace_earlier(goal, entry, submission, measure or "", user)
    placed = document.content == text.content
    numbers = {"value": value, "unit": unit or goal.unit, "comparator": "eq", "measure": measure or goal.measure}
    result = Result(
        organisation=submission.organisation, document=document, owner=goal.owner, post=goal.post,
        quote=text.content[start:end], indicator=goal.indicator, indicator_key=goal.indicator_key, scope=goal.scope,
        period_start=_start(goal, entry), period_end=date.fromisoformat(entry.day or str(submission.as_of)),
        origin=Origin.WORKBOOK, review=Review.ACCEPTED, created_by=submission.submitted_by,
        reasons=[f"{submission.get_origin_display()}，{submission.submitted_by}填报，{user}采纳"],
        **(numbers if value is not None else {}),
        **({"start": start, "end": end, "paragraph": paragraph} if placed else {}),
    )  # fmt: skip
    save_changes(result, {}, user=user, reason="采纳填报")
    relation = progress.relation_of(goal, result)
    link = Link(
        goal=goal, result=result, relation=relation, score=1.0, state=LinkState.ACCEPTED, decided_by=user,
        decided_at=timezone.now(), reasons=[f"{submission.organisation}就这项目标填报"],
    )  # fmt: skip
    save_changes(link, {}, user=user, reason="采纳填报")


def _replace_earlier(goal: Goal, entry: Entry, submission: Submission, measure: str, user: Any) -> None:
    """What the department handed in before for the same goal and day no longer counts; it stays, marked."""
    earlier = Result.objects.filter(
        links__goal=goal, origin=Origin.WORKBOOK, organisation=submission.organisation, review=Review.ACCEPTED,
        period_end=entry.day or submission.as_of,
    )  # fmt: skip
    earlier = earlier.filter(measure="completion") if measure == "completion" else earlier.exclude(measure="completion")
    for result in earlier.distinct():
        save_changes(result, {"review": Review.REJECTED}, user=user, reason="被后来的填报取代")


def _start(goal: Goal, entry: Entry) -> date | None:
    """The period reported on begins with the goal's, unless the figure is of an earlier day."""
    if goal.period_start and entry.day and str(goal.period_start) <= entry.day:
        return goal.period_start
    return None


def return_submission(submission: Submission, *, user: Any, decision: str) -> Submission:
    """Send it back to the department with the reason."""
    if not decision.strip():
        raise RoundError(gettext("退回填报要写明理由。"))
    with transaction.atomic():
        _decide(submission, State.RETURNED, user, decision)
        _record("return", submission, user, "", decision)
    return submission


def withdraw(submission: Submission, *, user: Any) -> Submission:
    """The department takes its own submission back before it is decided."""
    if submission.submitted_by_id != user.pk:
        raise RoundError(gettext("只有填报人本人可以撤回。"))
    with transaction.atomic():
        _decide(submission, State.WITHDRAWN, user, "填报人撤回")
        _record("withdraw", submission, user, "")
    return submission


def describe_goal(goal: Goal) -> str:
    return describe_target(goal.value, goal.unit, goal.comparator, goal.value_max)
