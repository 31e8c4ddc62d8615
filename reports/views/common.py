"""What the pages of the monthly round share: whose rows one sees, downloads, messages."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date
from typing import IO, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from tracker import access
from tracker.models import Organisation
from tracker.services.corrections import CorrectionError

from ..services.months import RoundError

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAGE = 50
SPOOL = 4 * 1024 * 1024


def seen_organisations(user: Any) -> QuerySet[Organisation]:
    return access.visible(Organisation.objects.all(), user, "pk")


def download(write: Callable[[IO[bytes]], Any], name: str, kind: str = XLSX) -> FileResponse:
    """A file made now and sent as a download; large ones wait on disk, not in memory."""
    file = tempfile.SpooledTemporaryFile(max_size=SPOOL)  # noqa: SIM115  # the response closes it
    write(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=kind)


def act(request: HttpRequest, work: Callable[[], str], to: str, *args: Any) -> HttpResponse:
    """Do something that may be refused, say how it went, and go back to a page."""
    try:
        messages.success(request, work())
    except (RoundError, CorrectionError) as error:
        messages.error(request, str(error))
    except ValidationError as error:
        messages.error(request, gettext("；").join(error.messages))
    return redirect(to, *args)


def page_of(request: HttpRequest, rows: Any, size: int = PAGE) -> Any:
    return Paginator(rows, size).get_page(request.GET.get("page"))


def read_date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
