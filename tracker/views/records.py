"""Decisions about records, made in place: accept, reject, edit, split, merge, add, link, undo.

Each answers htmx with the record's card as it now is and a toast that offers to take the step back.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tracker import access
from tracker.access import requires
from tracker.filters import own_organisations, words_in
from tracker.forms import RecordForm
from tracker.models import Document, Event, Goal, Link, LinkState, Result, Review
from tracker.services import corrections
from tracker.services.corrections import CorrectionError, StaleRecord
from tracker.views.documents import add_errors, links_of, visible_document
from tracker.views.frame import toast
from tracker.views.places import excerpt

MODELS: dict[str, type[Goal | Result]] = {"goal": Goal, "result": Result}
FOUND = 12


def visible_record(request: HttpRequest, kind: str, pk: int) -> Goal | Result:
    """A goal or a result that the user may see, or 404."""
    if kind not in MODELS:
        raise Http404
    rows = access.visible(MODELS[kind].objects.select_related("organisation", "document"), request.user)
    return get_object_or_404(rows, pk=pk)


def last_event(user: Any) -> int | None:
    """The step that “undo” takes back: this user's latest, with all that belonged to it."""
    event = Event.objects.filter(user=user, part_of__isnull=True).order_by("-pk").first()
    return event.pk if event is not None and corrections.can_undo(event) else None


def card(request: HttpRequest, record: Goal | Result, **more: Any) -> HttpResponse:
    """The record as it stands in the workbench's right-hand list."""
    record.kind = record._meta.model_name
    queued = in_queue(request)
    context = {
        "record": record,
        "links": links_of(record, request.user),
        "queued": queued,
        "excerpt": excerpt(record) if queued else None,
        "may": {"review": access.may(request.user, "review")},
        "open": True,
        **more,
    }
    return render(request, "tracker/_record.html", context)


def in_queue(request: HttpRequest) -> bool:
    """Whether the page that asks is the queue, where no document stands beside the records."""
    path = request.htmx.current_url_abs_path if request.htmx else ""
    return (path or "").startswith(reverse("review"))


def refusing(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Turns a service's refusal into a toast; nothing has been changed then."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except CorrectionError as problem:
            text = str(problem)
            if isinstance(problem, StaleRecord) and "kind" in kwargs:  # the page shows what the other made of it
                return _unswapped(renewed(text, None, f"{kwargs['kind']}-{kwargs['pk']}", error=True))
        except ValidationError as problem:
            text = "".join(problem.messages)
        return _unswapped(toast(HttpResponse(), text, error=True))

    return checked


def _unswapped(answer: HttpResponse) -> HttpResponse:
    answer.status_code = 409
    answer["HX-Reswap"] = "none"
    return answer


def _revision(request: HttpRequest) -> int | None:
    text = request.POST.get("revision", "")
    return int(text) if text.isdigit() and len(text) < 10 else None


@requires("view")
@require_GET
def record(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """The card of one record; outside the workbench the page that shows it."""
    shown = visible_record(request, kind, pk)
    if not request.htmx:
        return HttpResponseRedirect(reverse(kind, args=[pk]))
    return card(request, shown)


@requires("review")
@require_POST
@refusing
def record_decide(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """``action``: accept, reject or restore."""
    shown = visible_record(request, kind, pk)
    action, revision, reason = request.POST.get("action"), _revision(request), request.POST.get("reason", "")
    if action == "accept":
        corrections.accept(shown, user=request.user, revision=revision)
        said = _("已采纳：%(name)s")
    elif action == "reject":
        corrections.reject(shown, user=request.user, revision=revision, reason=reason)
        said = _("已驳回：%(name)s")
    elif action == "restore":
        corrections.restore(shown, user=request.user, revision=revision, reason=reason)
        said = _("已恢复：%(name)s")
    else:
        raise CorrectionError(_("没有这样的操作。"))
    shown.refresh_from_db()
    return toast(card(request, shown), said % {"name": shown.indicator}, undo=last_event(request.user))


@requires("review")
@require_http_methods(["GET", "POST"])
def record_edit(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """The record as a form in its card. Somebody else's change in the meantime is shown, and nothing overwritten."""
    shown = visible_record(request, kind, pk)
    form = RecordForm(request.POST or None, model=type(shown), record=shown, prefix=f"{kind}{pk}")
    stale = ""
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            corrections.correct(
                shown, form.changes(), user=request.user, reason=data["reason"], revision=data["revision"]
            )
        except StaleRecord as problem:
            stale = str(problem)
            shown = visible_record(request, kind, pk)
        except ValidationError as problem:
            add_errors(form, problem)
        else:
            shown = visible_record(request, kind, pk)
            said = _("已保存：%(name)s") % {"name": shown.indicator}
            return toast(card(request, shown), said, undo=last_event(request.user))
    context = {
        "record": shown,
        "kind": kind,
        "form": form,
        "stale": stale,
        "other": last_change(shown) if stale else None,
        "excerpt": excerpt(shown) if in_queue(request) else None,
    }
    return render(request, "tracker/_record_form.html", context)


def last_change(record: Goal | Result) -> Event | None:
    return Event.objects.filter(model=record._meta.model_name, object_id=record.pk).select_related("user").first()


@requires("review")
@require_http_methods(["GET", "POST"])
def record_split(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """One record with two figures becomes two."""
    shown = visible_record(request, kind, pk)
    forms = [
        RecordForm(request.POST or None, model=type(shown), record=shown, prefix=f"part{place}") for place in (0, 1)
    ]
    problem = ""
    for form in forms:
        form.WEIGHTY = frozenset()  # splitting is itself the reason
    valid = [form.is_valid() for form in forms]  # each, so that both show their errors
    if request.method == "POST" and all(valid):
        parts = [form.changes() for form in forms]
        reason = forms[0].cleaned_data["reason"] or _("拆分")
        try:
            corrections.split(shown, parts, user=request.user, reason=reason)
        except (CorrectionError, ValidationError) as found:
            problem = "".join(getattr(found, "messages", [str(found)]))
        else:
            return renewed(_("已拆分为两条"), last_event(request.user))
    return render(request, "tracker/_split.html", {"record": shown, "kind": kind, "forms": forms, "problem": problem})


def renewed(text: str, undo: int | None, chosen: str = "", *, error: bool = False) -> HttpResponse:
    """Nothing to swap in place: the page fetches its records again."""
    answer = toast(HttpResponse(status=204), text, undo=undo, error=error)
    triggers = json.loads(answer["HX-Trigger"])
    triggers["records-changed"] = {"chosen": chosen}
    answer["HX-Trigger"] = json.dumps(triggers)
    return answer


@requires("review")
@require_http_methods(["GET", "POST"])
@refusing
def record_merge(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Others of the same document that say the same thing are folded into this one."""
    shown = visible_record(request, kind, pk)
    others = access.visible(MODELS[kind].objects.standing(), request.user).exclude(pk=pk).select_related("organisation")
    others = (
        others.filter(document=shown.document_id)
        if shown.document_id
        else others.filter(organisation=shown.organisation_id)
    )
    if request.method == "POST":
        chosen = list(others.filter(pk__in=[pk for pk in request.POST.getlist("others") if pk.isdigit()]))
        if not chosen:
            raise CorrectionError(_("请先勾选要并入的记录。"))
        corrections.merge(shown, chosen, user=request.user)
        return renewed(_("已合并 %(n)s 条") % {"n": len(chosen) + 1}, last_event(request.user), f"{kind}-{pk}")
    near = sorted(
        others[:400],
        key=lambda each: (each.indicator_key != shown.indicator_key, abs((each.start or 0) - (shown.start or 0))),
    )
    return render(request, "tracker/_merge.html", {"record": shown, "kind": kind, "others": near[:FOUND]})


@requires("review")
@require_http_methods(["GET", "POST"])
def record_add(request: HttpRequest, kind: str) -> HttpResponse:
    """A goal or result typed in: from a stretch of a document (``document``, ``start``, ``end``), or without one."""
    if kind not in MODELS:
        raise Http404
    asked = request.POST if request.method == "POST" else request.GET
    document = visible_document(request, int(asked["document"])) if asked.get("document", "").isdigit() else None
    span = _span(asked, document)
    initial: dict[str, Any] = {}
    if document is not None:
        initial["organisation"] = (
            nearest_organisation(request, document, span[0] if span else 0) or document.issuer or ""
        )
    if document is not None and span:
        initial["quote"] = "".join(document.content[span[0] : span[1]].split("\n"))
    form = RecordForm(request.POST or None, model=MODELS[kind], initial=initial)
    if request.method == "POST" and form.is_valid():
        fields = {name: value for name, value in form.changes().items() if value not in (None, "")}
        if span:
            fields |= {"start": span[0], "end": span[1]}
        make = corrections.add_goal if kind == "goal" else corrections.add_result
        try:
            made = make(fields, user=request.user, document=document, reason=form.cleaned_data["reason"])
        except ValidationError as problem:
            add_errors(form, problem)
        else:
            said = _("已录入：%(name)s") % {"name": made.indicator}
            if request.htmx:
                return renewed(said, last_event(request.user), f"{kind}-{made.pk}")
            return HttpResponseRedirect(reverse(kind, args=[made.pk]))
    context = {
        "form": form,
        "kind": kind,
        "document": document,
        "span": span,
        "title": _("录入目标") if kind == "goal" else _("录入完成情况"),
        "names": own_organisations(request).values_list("name", flat=True)[:3000],
    }
    return render(request, "tracker/_add.html" if request.htmx else "tracker/add.html", context)


def _span(asked: Any, document: Document | None) -> tuple[int, int] | None:
    """The stretch asked for, white space at its ends left out; None for one that is not in the document."""
    texts = (asked.get("start", ""), asked.get("end", ""))
    if document is None or not all(text.isdigit() and len(text) < 10 for text in texts):
        return None
    start, end = map(int, texts)
    if not 0 <= start < end <= len(document.content):
        return None
    chosen = document.content[start:end]
    start, end = start + len(chosen) - len(chosen.lstrip()), end - len(chosen) + len(chosen.rstrip())
    return (start, end) if start < end else None


def nearest_organisation(request: HttpRequest, document: Document, place: int) -> Any:
    """Whom the text speaks for at this place, going by the last record before it."""
    found: list[Goal | Result] = []
    for model in MODELS.values():
        rows = access.visible(model.objects.filter(document=document, start__lte=place), request.user)
        found += rows.select_related("organisation").order_by("-start")[:1]
    return max(found, key=lambda each: each.start or 0).organisation if found else None


@requires("review")
@require_http_methods(["GET", "POST"])
@refusing
def record_link(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Search the other side and link: results for a goal, goals for a result."""
    shown = visible_record(request, kind, pk)
    far = "result" if kind == "goal" else "goal"
    if request.method == "POST":
        other = visible_record(request, far, int(request.POST.get("other", "0") or 0))
        goal, result = (shown, other) if kind == "goal" else (other, shown)
        corrections.link(goal, result, user=request.user, reason=request.POST.get("reason", ""))
        return toast(
            card(request, shown), _("已关联：%(name)s") % {"name": other.indicator}, undo=last_event(request.user)
        )
    text = request.GET.get("q", "").strip()
    context = {"record": shown, "kind": kind, "far": far, "q": text, "found": candidates(request, shown, far, text)}
    template = "tracker/_link_found.html" if "q" in request.GET else "tracker/_link.html"
    return render(request, template, context)


def candidates(request: HttpRequest, shown: Goal | Result, far: str, text: str) -> QuerySet:
    """Records of the other side that could be meant: by the words typed, else of the same body and indicator."""
    rows = access.visible(MODELS[far].objects.standing(), request.user).select_related("organisation", "document")
    linked = Link.objects.filter(**{shown._meta.model_name: shown}).exclude(state=LinkState.REJECTED).values(far)
    rows = rows.exclude(pk__in=linked)
    if text:
        rows = rows.filter(words_in(text, "indicator", "quote", "organisation__name", "owner"))
    else:
        same = Q(organisation=shown.organisation_id) & (
            Q(indicator_key=shown.indicator_key) | Q(indicator__icontains=shown.indicator[:4])
        )
        rows = rows.filter(same)
    return rows.order_by("-period_end", "-pk")[:FOUND]


@requires("review")
@require_POST
@refusing
def link_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """``state``: accepted, rejected or proposed. ``card`` says whose card is shown again."""
    rows = access.visible(Link.objects.select_related("goal", "result"), request.user, "goal__organisation")
    link = get_object_or_404(rows, pk=pk)
    state = request.POST.get("state", "")
    corrections.decide_link(
        link, state, user=request.user, reason=request.POST.get("reason", ""), relation=request.POST.get("relation", "")
    )
    words = {"accepted": _("关联已采纳"), "rejected": _("关联已否决，不会再次提出"), "proposed": _("关联已退回待确认")}
    said = words.get(state, state)
    shown = request.POST.get("card")
    if shown in MODELS:
        return toast(
            card(request, visible_record(request, shown, getattr(link, f"{shown}_id"))),
            said,
            undo=last_event(request.user),
        )
    if in_queue(request):  # the page takes the card out of the list itself
        return toast(HttpResponse(status=204), said, undo=last_event(request.user))
    return renewed(said, last_event(request.user))


@requires("review")
@require_POST
@refusing
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a step back. People undo their own steps; an administrator anybody's."""
    rows = Event.objects.all() if access.may(request.user, "administer") else Event.objects.filter(user=request.user)
    event = get_object_or_404(rows, pk=pk)
    corrections.undo(event, user=request.user)
    chosen = f"{event.model}-{event.object_id}" if event.model in MODELS else ""
    return renewed(_("已撤销：%(what)s") % {"what": event.summary}, None, chosen)


@requires("review")
@require_POST
@refusing
def undo_last(request: HttpRequest) -> HttpResponse:
    """What the key U does."""
    pk = last_event(request.user)
    if pk is None:
        raise CorrectionError(_("没有可以撤销的动作。"))
    return undo(request, pk)


@requires("review")
@require_POST
@refusing
def document_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """All records of a document that nobody has looked at yet are accepted in one step."""
    document = visible_document(request, pk)
    waiting: list[Goal | Result] = []
    for model in MODELS.values():
        rows = access.visible(model.objects.filter(document=document, review=Review.UNREVIEWED), request.user)
        waiting += rows.only("review")
    n = corrections.accept_all(waiting, user=request.user)
    return renewed(_("已采纳 %(n)s 条记录") % {"n": n}, last_event(request.user))


@requires("review")
@require_POST
@refusing
def goals_accept(request: HttpRequest) -> HttpResponse:
    """Goals ticked in the table are accepted in one step."""
    chosen = [pk for pk in request.POST.getlist("goal") if pk.isdigit() and len(pk) < 12]
    rows = access.visible(Goal.objects.filter(pk__in=chosen), request.user).only("review")
    n = corrections.accept_all(rows, user=request.user)
    return renewed(_("已采纳 %(n)s 条记录") % {"n": n}, last_event(request.user))
