"""Documents: the table, the page with its text and records, the original file, corrected facts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from tracker import access
from tracker.access import requires
from tracker.filters import DocumentFilter, own_organisations
from tracker.forms import DocumentForm
from tracker.models import Document, Finding, Goal, Link, LinkState, Result, Review
from tracker.services import corrections
from tracker.tables.others import DocumentTable
from tracker.views.figures import count_of
from tracker.views.front import records_found, visible_documents
from tracker.views.lists import ListPage
from tracker.views.places import paragraphs, ticks

# sequence of organisations in a datalist: beyond this a browser gets slow
NAMES = 3000
# from this many records on a card's details are fetched when it is chosen
BRIEF_FROM = 120


class DocumentList(ListPage):
    page = "documents"
    title = _("文档")
    table_class = DocumentTable
    filter_class = DocumentFilter
    sort = "-created_at"
    template = "tracker/documents.html"
    empty = _("还没有文档。上传工作总结、计划、报道或月报表，系统会读出其中的目标和完成情况。")

    def rows(self, request: HttpRequest) -> QuerySet:
        goals, results = (access.visible(model.objects.all(), request.user) for model in (Goal, Result))
        return (
            visible_documents(request.user)
            .select_related("issuer", "uploaded_by")
            .defer("content", "paragraphs", "notes", "sources")
            .annotate(
                **records_found(request.user),
                open_found=count_of(goals.filter(review=Review.UNREVIEWED), "document")
                + count_of(results.filter(review=Review.UNREVIEWED), "document"),
            )
        )


documents = requires("view")(DocumentList.as_view())


def visible_document(request: HttpRequest, pk: int) -> Document:
    return get_object_or_404(visible_documents(request.user).select_related("issuer", "uploaded_by"), pk=pk)


def records_of(request: HttpRequest, document: Document) -> list[Goal | Result]:
    """Goals and results of a document in reading order; those without a place last."""
    found: list[Goal | Result] = []
    for model in (Goal, Result):
        rows = access.visible(model.objects.filter(document=document).select_related("organisation"), request.user)
        found += rows.annotate(linked=count_of(standing_links(request.user), model._meta.model_name))
    for record in found:
        record.kind = record._meta.model_name
    return sorted(found, key=lambda each: (each.start is None, each.start or 0, each.kind, each.pk))


@requires("view")
@require_GET
def document(request: HttpRequest, pk: int) -> HttpResponse:
    shown = visible_document(request, pk)
    records = records_of(request, shown)
    waiting = [record for record in records if record.review == Review.UNREVIEWED]
    context = {
        "document": shown,
        "title": str(shown),
        "records": records,
        "waiting": len(waiting),
        "brief": len(records) > BRIEF_FROM,
        "standing": sum(record.review != Review.REJECTED for record in records),
        "paragraphs": paragraphs(shown, records),
        "ticks": ticks(shown, records),
        "job": shown.jobs.first(),
        "findings": findings_of(request, shown),
        "chosen": request.GET.get("at", ""),
        "next_document": next_document(request, shown) if access.may(request.user, "review") else None,
        "names": own_organisations(request).values_list("name", flat=True)[:NAMES],
    }
    return render(request, "tracker/document.html", context)


def findings_of(request: HttpRequest, shown: Document) -> QuerySet[Finding]:
    mine = Q(goal__document=shown) | Q(result__document=shown)
    rows = Finding.objects.filter(mine, resolved_at__isnull=True)
    if access.role_of(request.user) == "liaison":
        own = request.user.profile.organisations.values("pk")
        rows = rows.filter(Q(goal__organisation__in=own) | Q(result__organisation__in=own))
    return rows.select_related("goal", "result")


def next_document(request: HttpRequest, shown: Document) -> Document | None:
    """Another document with records to review."""
    open_records = Q(goals__review=Review.UNREVIEWED) | Q(results__review=Review.UNREVIEWED)
    rows = visible_documents(request.user).filter(pk__in=Document.objects.filter(open_records).values("pk"))
    return (
        rows.exclude(pk=shown.pk)
        .defer("content", "paragraphs")
        .order_by(F("published_on").desc(nulls_last=True), "-pk")
        .first()
    )


@requires("export")
@require_GET
def document_file(request: HttpRequest, pk: int) -> FileResponse:
    """The file as it came in, always as a download: what was uploaded must not run in this site's name."""
    shown = visible_document(request, pk)
    if not shown.file or not shown.file.storage.exists(shown.file.name):
        raise Http404(gettext("原文件不在存储中。"))
    answer = FileResponse(shown.file.open("rb"), as_attachment=True, filename=shown.name)
    answer["Content-Type"] = "application/octet-stream"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@requires("review")
@require_http_methods(["GET", "POST"])
def document_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Title, issuing body and dates. What depends on them is read again in the background."""
    shown = visible_document(request, pk)
    form = DocumentForm(request.POST or None, document=shown)
    if request.method == "POST" and form.is_valid():
        try:
            corrections.correct_document(shown, form.changes(), user=request.user, reason=form.cleaned_data["reason"])
        except ValidationError as problem:
            add_errors(form, problem)
        else:
            messages.success(request, gettext("已保存。依据日期和发文单位的记录将在后台重新推定，人工修正过的不变。"))
            return redirect("document", pk=pk)
    names = own_organisations(request).values_list("name", flat=True)[:NAMES]
    context: dict[str, Any] = {"document": shown, "form": form, "title": gettext("修改文档信息"), "names": names}
    return render(request, "tracker/document_edit.html", context)


def add_errors(form: Any, problem: ValidationError) -> None:
    """Puts what a service found wrong at the form's fields."""
    for name, sentences in getattr(problem, "message_dict", {"__all__": problem.messages}).items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)


def standing_links(user: Any) -> QuerySet[Link]:
    """Links that nobody rejected, to goals that the user may see: whose goal it is, decides."""
    return access.visible(Link.objects.exclude(state=LinkState.REJECTED), user, "goal__organisation")


def links_of(record: Goal | Result, user: Any) -> QuerySet[Link]:
    """Links of a goal or result that nobody rejected, surest first."""
    far = "result" if isinstance(record, Goal) else "goal"
    rows = standing_links(user).filter(**{record._meta.model_name: record})
    return rows.select_related(f"{far}__organisation", f"{far}__document").order_by("-score", "-pk")
