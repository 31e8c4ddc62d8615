"""Files coming in: upload, progress as it happens, retry and cancel."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tracker.access import requires
from tracker.filters import ImportFilter
from tracker.models import ImportBatch, ImportJob, JobState
from tracker.retelling import tell
from tracker.services import batches, intake
from tracker.services.importing import ask_for
from tracker.services.linking import WAITS
from tracker.tables.others import ImportTable
from tracker.views.lists import ListPage


class ImportList(ListPage):
    page = "imports"
    title = _("导入")
    table_class = ImportTable
    filter_class = ImportFilter
    sort = "-created_at"
    template = "tracker/imports.html"
    empty = _("还没有导入过文件。")

    def rows(self, request: HttpRequest) -> QuerySet:
        rows = ImportJob.objects.select_related("document", "batch__created_by")
        return rows.defer("document__content", "document__paragraphs")


imports = requires("import")(ImportList.as_view())


@requires("import")
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Takes several files in. A known file leads to its document; a refused one says why, the others go on."""
    if request.method == "GET":
        recent = ImportBatch.objects.annotate(n=Count("jobs")).filter(n__gt=0)[:5]
        return render(
            request,
            "tracker/upload.html",
            {"title": gettext("上传文档"), "recent": recent, "suffixes": ",".join(sorted(intake.SUFFIXES))},
        )
    files = request.FILES.getlist("files")
    if not files:
        messages.error(request, gettext("没有选择文件。请选择或拖入一个或多个文件。"))
        return redirect("upload")
    batch = intake.open_batch(ImportBatch.Source.UPLOAD, user=request.user)
    refused, known = [], []
    for file in files:
        try:
            received = intake.receive(file.name or "", file, user=request.user, batch=batch)
        except intake.Refused as problem:
            refused.append((file.name, _with_name(file.name or "", tell(str(problem)))))
        else:
            if received.known:
                known.append(received.document)
    if not batch.jobs.exists():
        batch.delete()
        context = {
            "title": gettext("上传文档"),
            "refused": refused,
            "known": known,
            "suffixes": ",".join(sorted(intake.SUFFIXES)),
        }
        return render(request, "tracker/upload.html", context)
    for _name, sentence in refused:
        messages.error(request, sentence)
    for document in known:
        said = gettext("“%(name)s”以前已经导入，没有重复。") % {"name": document.name}
        address = reverse("document", args=[document.pk])
        messages.warning(request, format_html('{} <a href="{}">{}</a>', said, address, gettext("打开已有文档")))
    return redirect("import_batch", pk=batch.pk)


def _with_name(name: str, sentence: str) -> str:
    """Why a file was refused, with its name, which some sentences hold already."""
    return (
        sentence
        if name and name in sentence
        else gettext("“%(name)s”没有导入：%(why)s") % {"name": name, "why": sentence}
    )


@requires("import")
@require_GET
def import_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Progress of files that came in together; htmx asks for the inner part every second while work is open."""
    batch = get_object_or_404(ImportBatch, pk=pk)
    progress = batches.progress_of(batch)
    template = "tracker/_progress.html" if request.htmx else "tracker/import_batch.html"
    context = {"batch": batch, "progress": progress, "jobs": progress.jobs, "open": progress.open}
    return render(request, template, {"title": gettext("导入进度"), **context})


@requires("import")
@require_POST
def import_batch_change(request: HttpRequest, pk: int) -> HttpResponse:
    """``action``: cancel what is left of a batch, or resume what was cancelled or failed."""
    batch = get_object_or_404(ImportBatch, pk=pk)
    if request.POST.get("action") == "cancel":
        messages.success(request, gettext("已取消 %(n)s 份，没有留下半份数据。") % {"n": intake.cancel_batch(batch)})
    else:
        messages.success(request, gettext("%(n)s 份文件重新排队。") % {"n": intake.resume_batch(batch)})
    return redirect("import_batch", pk=batch.pk)


@requires("import")
@require_GET
def import_job(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(ImportJob.objects.select_related("document", "batch__created_by"), pk=pk)
    context = {
        "job": job,
        "jobs": [job],
        "batch": job.batch,
        "open": job.state in batches.OPEN or job.stage == WAITS,
        "single": True,
        "title": job.document.name,
        "missing": ask_for(job.document) if job.state == JobState.DONE else [],
        "others": ImportJob.objects.filter(document=job.document).exclude(pk=pk),
    }
    return render(request, "tracker/_progress.html" if request.htmx else "tracker/import.html", context)


@requires("import")
@require_POST
def import_change(request: HttpRequest, pk: int) -> HttpResponse:
    """``action``: retry, cancel, or again (a done document is read anew with today's program)."""
    job = get_object_or_404(ImportJob.objects.select_related("document"), pk=pk)
    action = request.POST.get("action")
    if action == "cancel":
        stopped = intake.cancel(job)
        messages.success(request, gettext("已取消，没有留下半份数据。")) if stopped else messages.warning(
            request, gettext("这份文件已经处理完，没有可取消的。")
        )
    elif action == "again":
        job = intake.read_again(job.document, user=request.user)
        messages.success(request, gettext("正在重新读取。人工审核过的记录不会被改动。"))
    else:
        intake.retry(job)
        messages.success(request, gettext("正在重试。"))
    return (
        redirect("import_batch", pk=job.batch_id)
        if request.POST.get("back") == "batch"
        else redirect("import", pk=job.pk)
    )


@requires("import")
@require_POST
def import_retry_failed(request: HttpRequest) -> HttpResponse:
    """Every failed job once more."""
    failed = ImportJob.objects.filter(Q(state=JobState.FAILED)).select_related("document")
    n = 0
    for job in failed:
        n += intake.retry(job).state == JobState.PENDING
    messages.success(request, gettext("%(n)s 份文件重新排队。") % {"n": n})
    return redirect("imports")
