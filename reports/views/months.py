"""月报: all months, one month, comparison, downloads, closing and reopening."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from reports.bulletin import write_bulletin
from reports.forms import CloseForm, ReasonForm, SettingsForm
from reports.ledger import ledger_name
from reports.ledger.frozen import find_differences, read_pages
from reports.models import FileState, LedgerFile, Snapshot, SnapshotPage
from reports.services import files
from reports.services import months as service
from reports.services.files import own_organisations
from tracker.access import may, requires, visible
from tracker.models import Organisation, Status
from tracker.views.frame import as_of_day

from .common import DOCX, XLSX, act, download, page_of, seen_organisations

SHOWN = 200
OWN_FILES = 5


def tallies_of(snapshot: Snapshot, user: Any) -> list[Any]:
    """The organisations' counts in a month, those that the user may see."""
    rows = visible(snapshot.tallies.all(), user)
    for row in rows:
        row.words = [(status, row.counts[status]) for status in Status.values if row.counts.get(status)]
        row.share = row.counts.get(Status.DONE, 0) / row.goals if row.goals else None
    return sorted(rows, key=lambda row: (-(row.share or 0), row.name, row.pk))


def counts_of(snapshot: Snapshot, user: Any) -> list[tuple[str, str, int]]:
    """(status, word, number) of a month, within what the user may see."""
    if own_organisations(user) is None:
        counts = snapshot.counts
    else:
        counts = Counter()
        for row in visible(snapshot.tallies.all(), user):
            counts.update(row.counts)
    return [(status.value, status.label, counts.get(status, 0)) for status in Status if counts.get(status, 0)]


@requires("view")
@require_GET
def months(request: HttpRequest) -> HttpResponse:
    page = page_of(request, Snapshot.objects.select_related("closed_by", "reopened_by", "previous"))
    for snapshot in page:
        snapshot.words = counts_of(snapshot, request.user)
    settings = service.round_settings()
    context = {
        "title": gettext("月报"),
        "page": page,
        "settings": settings,
        "close_form": CloseForm(initial={"as_of": service.last_month_end(timezone.localdate())}),
        "settings_form": SettingsForm(instance=settings),
        "may_close": may(request.user, "close_month"),
        "may_set": may(request.user, "administer"),
        "organisations": seen_organisations(request.user),
        "as_of_shown": as_of_day(request),
        "files": LedgerFile.objects.filter(user=request.user).select_related("organisation")[:OWN_FILES],
        "sees_all": own_organisations(request.user) is None,
    }
    return render(request, "reports/months.html", context)


@requires("view")
@require_GET
def month(request: HttpRequest, pk: int) -> HttpResponse:
    snapshot = get_object_or_404(Snapshot.objects.select_related("closed_by", "reopened_by", "previous"), pk=pk)
    differences = own_records(snapshot, SnapshotPage.Kind.DIFFERENCES, request.user)
    context = {
        "title": gettext("%(month)s月报") % {"month": month_name(snapshot.as_of)},
        "snapshot": snapshot,
        "words": counts_of(snapshot, request.user),
        "tallies": tallies_of(snapshot, request.user),
        "differences": page_of(request, differences),
        "adjustments": own_records(snapshot, SnapshotPage.Kind.ADJUSTMENTS, request.user)[:SHOWN],
        "intact": service.is_intact(snapshot),
        "reopen_form": ReasonForm(),
        "may_close": may(request.user, "close_month"),
        "sees_all": own_organisations(request.user) is None,
    }
    return render(request, "reports/month.html", context)


def own_records(snapshot: Snapshot, kind: str, user: Any) -> list[Any]:
    own = own_organisations(user)
    allowed = None if own is None else set(own.values_list("pk", flat=True))
    records = read_pages(snapshot, kind)
    return [record for record in records if allowed is None or record.organisation_id in allowed]


@requires("export")
@require_GET
def month_ledger(request: HttpRequest, pk: int) -> HttpResponse:
    """The workbook of a closed month, all that one may see or one organisation."""
    snapshot = get_object_or_404(Snapshot, pk=pk)
    return _deliver(request, snapshot.as_of, snapshot)


def _deliver(request: HttpRequest, as_of: date, snapshot: Snapshot | None) -> HttpResponse:
    """The workbook itself, or, of a large one, the page that tells when it is ready."""
    organisation = chosen_organisation(request)
    rows = files.count_rows(request.user, as_of, snapshot, organisation)
    if rows > files.AT_ONCE:
        return redirect("reports:ledger_file", files.order(request.user, as_of, snapshot, organisation, rows).pk)
    name = ledger_name(files.choose(request.user, organisation)[1], as_of)
    return download(lambda file: files.write(request.user, as_of, snapshot, organisation, file), name, XLSX)


def chosen_organisation(request: HttpRequest) -> Organisation | None:
    """The organisation that a download is asked for."""
    asked = request.GET.get("organisation", "")
    if not asked:
        return None
    if not asked.isdigit():
        raise Http404
    return get_object_or_404(seen_organisations(request.user), pk=asked)


@requires("export")
@require_GET
def ledger_file(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a large ledger is; the page asks again by itself until the file can be fetched."""
    row = get_object_or_404(LedgerFile.objects.select_related("organisation", "snapshot"), pk=pk, user=request.user)
    context = {"title": gettext("生成台账"), "file": row, "open": row.state in (FileState.WAITING, FileState.WRITING)}
    return render(request, "reports/_ledger_file.html" if request.htmx else "reports/ledger_file.html", context)


@requires("export")
@require_GET
def ledger_download(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(LedgerFile, pk=pk, user=request.user)
    if row.state != FileState.READY:
        return redirect("reports:ledger_file", row.pk)
    return FileResponse(row.file.open("rb"), as_attachment=True, filename=row.name, content_type=XLSX)


@requires("export")
@require_GET
def bulletin(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft of the month's bulletin. It names all organisations, so it is not for those who may see only their own."""
    if own_organisations(request.user) is not None:
        raise PermissionDenied(gettext("通报涉及全部单位，填报员不能下载。"))
    snapshot = get_object_or_404(Snapshot.objects.select_related("previous"), pk=pk)
    settings = service.round_settings()
    name = f"{snapshot.as_of.year}年{snapshot.as_of.month}月{settings.bulletin_name}（草稿）.docx"
    return download(lambda file: write_bulletin(snapshot, file, settings), name, DOCX)


@requires("export")
@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    """The workbook of the state now, as of the date that pages show."""
    return _deliver(request, as_of_day(request), None)


@requires("close_month")
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    form = CloseForm(request.POST)
    if not form.is_valid():
        return act(request, lambda: refuse(form), "reports:months")
    as_of, note = form.cleaned_data["as_of"], form.cleaned_data["note"]

    def work() -> str:
        made = service.close_month(as_of, user=request.user, note=note)
        return gettext("已关账：截至%(as_of)s，%(rows)s项目标，较上期变化%(differences)s处。") % {"as_of": as_of, "rows": made.goals, "differences": made.differences}

    return act(request, work, "reports:months")


def refuse(form: Any) -> str:
    raise service.RoundError(gettext("；").join(error for errors in form.errors.values() for error in errors))


@requires("close_month")
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    snapshot = get_object_or_404(Snapshot, pk=pk)

    def work() -> str:
        service.reopen_month(snapshot, user=request.user, reason=request.POST.get("reason", ""))
        return gettext("已重开。原来的版本仍可查看和下载；再次关账时生成新版本。")

    return act(request, work, "reports:month", pk)


@requires("administer")
@require_POST
def settings(request: HttpRequest) -> HttpResponse:
    form = SettingsForm(request.POST, instance=service.round_settings())

    def work() -> str:
        if not form.is_valid():
            return refuse(form)
        form.save()
        return gettext("月报设置已保存。")

    return act(request, work, "reports:months")


@requires("view")
@require_GET
def compare(request: HttpRequest) -> HttpResponse:
    """Two months side by side: counts, and goal by goal what is different."""
    asked = [value for value in request.GET.getlist("month") if value.isdigit()][:2]
    chosen = sorted(Snapshot.objects.filter(pk__in=asked), key=lambda each: (each.as_of, each.version))
    if len(chosen) != 2:
        return redirect("reports:months")
    earlier, later = chosen
    own = own_organisations(request.user)
    allowed = None if own is None else set(own.values_list("pk", flat=True))
    found = find_differences(earlier, read_pages(later, SnapshotPage.Kind.ROWS))
    differences = [each for each in found if allowed is None or each.organisation_id in allowed]
    names = names_of(earlier, later)
    context = {
        "title": gettext("%(earlier)s与%(later)s比较") % {"earlier": names[0], "later": names[1]},
        "names": names,
        "counts": compare_counts(earlier, later, request.user),
        "fields": Counter(each.field for each in differences).most_common(),
        "differences": page_of(request, [each for each in differences if in_field(each, request.GET.get("field"))]),
        "field": request.GET.get("field", ""),
    }
    return render(request, "reports/compare.html", context)


def in_field(difference: Any, field: str | None) -> bool:
    return not field or difference.field == field


def compare_counts(earlier: Snapshot, later: Snapshot, user: Any) -> list[dict[str, Any]]:
    """Per status: number before, after, and the change."""
    before = {status: number for status, _, number in counts_of(earlier, user)}
    after = {status: number for status, _, number in counts_of(later, user)}
    return [
        {
            "status": status.value,
            "before": before.get(status.value, 0),
            "after": after.get(status.value, 0),
            "change": after.get(status.value, 0) - before.get(status.value, 0),
        }
        for status in Status
        if status.value in before or status.value in after
    ]


def names_of(earlier: Snapshot, later: Snapshot) -> tuple[str, str]:
    """The two months; with their versions when it is one month closed twice."""
    if earlier.as_of != later.as_of:
        return month_name(earlier.as_of), month_name(later.as_of)
    first, second = (gettext("第%(version)s版") % {"version": each.version} for each in (earlier, later))
    month = month_name(earlier.as_of)
    return f"{month} {first}", f"{month} {second}"


def month_name(day: date) -> str:
    return date_format(day, gettext("Y年n月"))
