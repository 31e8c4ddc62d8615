"""填报: the department's workbook, the same on a web page, and the approval of what comes in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from reports.forms import UploadForm
from reports.ledger.rows import LedgerRow, describe_target, plain
from reports.models import Submission, SubmissionState
from reports.roundtrip.layout import STATUS_WORDS, TITLES
from reports.roundtrip.reading import FILE_LIMIT, Entry, as_text
from reports.roundtrip.values import CellError, read_day, read_number, read_status, read_words
from reports.roundtrip.writing import issue_workbook, rows_to_fill
from reports.services import months, submissions
from reports.services.months import RoundError
from tracker.access import may, requires, visible
from tracker.services import progress
from tracker.views.frame import as_of_day

from .common import act, download, page_of, read_date, seen_organisations

FIELDS = ("value", "day", "completion", "declared", "progress", "problems", "steps")


def asked_day(request: HttpRequest) -> date:
    """The end of the month that is filled in: from the address, else the one that pages show."""
    asked = read_date(request.POST.get("day") or request.GET.get("day"))
    return progress.month_end(asked if asked and 1990 <= asked.year <= 2100 else as_of_day(request))


def seen_submissions(user: Any) -> QuerySet[Submission]:
    return visible(Submission.objects.select_related("organisation", "submitted_by", "decided_by", "document"), user)


@requires("report")
@require_GET
def fill(request: HttpRequest) -> HttpResponse:
    """The organisations that one reports for, and how far this month's reporting is."""
    day = asked_day(request)
    organisations = seen_organisations(request.user).filter(goals__isnull=False).distinct()
    page = page_of(request, organisations)
    latest: dict[int, Submission] = {}
    for row in seen_submissions(request.user).filter(as_of=day, organisation__in=page.object_list).order_by("pk"):
        latest[row.organisation_id] = row
    for organisation in page:
        organisation.submission = latest.get(organisation.pk)
    context = {
        "title": gettext("填报"),
        "page": page,
        "day": day,
        "form": UploadForm(),
        "closed": months.closed(day),
        "waiting": seen_submissions(request.user).filter(state=SubmissionState.PENDING),
        "may_decide": may(request.user, "decide"),
    }
    return render(request, "reports/fill.html", context)


@requires("report")
@require_GET
def workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """The department's workbook to fill in."""
    organisation = get_object_or_404(seen_organisations(request.user), pk=pk)
    day = asked_day(request)
    name = f"{organisation.name}填报表（截至{day.year}年{day.month}月）.xlsx"
    return download(lambda file: issue_workbook(organisation, day, file, user=request.user), name)


@requires("report")
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Take a filled-in workbook in; with errors nothing is stored and all are told, numbered."""
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _refused(request, [gettext("请选择填好的填报表（.xlsx）。")])
    file = form.cleaned_data["file"]
    if file.size > FILE_LIMIT:
        return _refused(request, [gettext("文件超过%(file_limit)sMB，不像是填报表。") % {"file_limit": FILE_LIMIT // 1024 // 1024}])
    try:
        received = submissions.receive_workbook(file.read(), file.name, user=request.user)
    except RoundError as error:
        return _refused(request, [str(error)], file.name)
    if received.submission is None:
        return _refused(request, received.errors, file.name)
    return redirect("reports:submission", received.submission.pk)


def _refused(request: HttpRequest, errors: list[str], name: str = "") -> HttpResponse:
    context = {"title": gettext("填报表没有导入"), "errors": errors, "name": name, "form": UploadForm()}
    return render(request, "reports/refused.html", context, status=422)


@dataclass
class WebRow:
    """A goal on the web form: what is known, what was typed, what is wrong with it."""

    row: LedgerRow
    typed: dict[str, str]
    errors: list[str]

    @property
    def target(self) -> str:
        return describe_target(self.row.target, self.row.unit, self.row.comparator, self.row.target_max)

    @property
    def last(self) -> str:
        return "" if self.row.done is None else f"{plain(self.row.done)}{self.row.unit}"


@requires("report")
@require_http_methods(["GET", "POST"])
def fill_web(request: HttpRequest, pk: int) -> HttpResponse:
    """The same columns as in the workbook, on a page."""
    organisation = get_object_or_404(seen_organisations(request.user), pk=pk)
    day = asked_day(request)
    rows = [_web_row(row, request) for row in rows_to_fill(organisation, day)]
    error = ""
    if request.method == "POST":
        entries = [_read_entry(each, day) for each in rows]
        if not any(each.errors for each in rows):
            try:
                made = submissions.receive_entries(
                    organisation, day, [entry for entry in entries if entry], user=request.user
                )
                return redirect("reports:submission", made.pk)
            except RoundError as refusal:
                error = str(refusal)
        else:
            error = gettext("有%(n)s处需要改正，尚未提交。") % {"n": sum(len(each.errors) for each in rows)}
    context = {
        "title": gettext("%(name)s填报") % {"name": organisation.name},
        "organisation": organisation,
        "day": day,
        "rows": rows,
        "error": error,
        "status_words": STATUS_WORDS,
        "closed": months.closed(day),
    }
    return render(request, "reports/fill_web.html", context, status=422 if error else 200)


def _web_row(row: LedgerRow, request: HttpRequest) -> WebRow:
    known = {"problems": row.problems, "steps": row.steps}
    typed = {name: request.POST.get(f"{name}-{row.goal}", known.get(name, "")) for name in FIELDS}
    return WebRow(row, typed, [])


def _read_entry(each: WebRow, as_of: date) -> Entry | None:
    """What was typed for one goal; errors go to the row."""
    entry = Entry(each.row.goal)

    def take(name: str, read: Any, **more: Any) -> Any:
        try:
            return read(each.typed[name], TITLES[name], **more)
        except CellError as error:
            each.errors.append(f"{error}。")
            return None

    entry.value = as_text(take("value", read_number, unit=each.row.unit))
    entry.completion = as_text(take("completion", read_number, unit="%"))
    entry.declared = take("declared", read_status) or ""
    entry.progress = take("progress", read_words) or ""
    entry.day = str(take("day", read_day, latest=as_of) or as_of)
    for name in ("problems", "steps"):
        words = take(name, read_words)
        if words is not None and words != getattr(each.row, name).strip():
            setattr(entry, name, words)
    return entry if entry.says_something else None


@requires("report")
@require_GET
def submission_list(request: HttpRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    rows = seen_submissions(request.user)
    if state in SubmissionState.values:
        rows = rows.filter(state=state)
    context = {"title": gettext("填报记录"), "page": page_of(request, rows), "states": SubmissionState.choices, "state": state}
    return render(request, "reports/submissions.html", context)


@requires("report")
@require_GET
def submission(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(seen_submissions(request.user), pk=pk)
    context = {
        "title": gettext("%(name)s填报第%(pk)s号") % {"name": row.organisation.name, "pk": row.pk},
        "submission": row,
        "may_decide": may(request.user, "decide") and row.state == SubmissionState.PENDING,
        "may_withdraw": row.submitted_by_id == request.user.pk and row.state == SubmissionState.PENDING,
        "closed": months.closed(row.as_of),
    }
    return render(request, "reports/submission.html", context)


@requires("decide")
@require_POST
def submission_decide(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(seen_submissions(request.user), pk=pk)
    decision = request.POST.get("decision", "")

    def work() -> str:
        if request.POST.get("action") == "approve":
            submissions.approve(row, user=request.user, decision=decision)
            return gettext("已采纳，%(n)s项进入台账。") % {"n": len(row.entries)}
        submissions.return_submission(row, user=request.user, decision=decision)
        return gettext("已退回。")

    return act(request, work, "reports:submission", pk)


@requires("report")
@require_POST
def submission_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(seen_submissions(request.user), pk=pk)

    def work() -> str:
        submissions.withdraw(row, user=request.user)
        return gettext("已于%(now)s撤回。") % {"now": format(timezone.localtime(), "%H:%M")}

    return act(request, work, "reports:submission", pk)
