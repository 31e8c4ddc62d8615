"""Search over everything: goals, results, documents, organisations, people. Every word must stand in the record."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from django.db.models import Count, Q, QuerySet, TextField, Value
from django.db.models.functions import Greatest, StrIndex, Substr
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from tracker import access
from tracker.access import requires
from tracker.markup import address
from tracker.models import Alias, Document, Goal, Organisation, Result
from tracker.services.prepared import Given, Prepared, padded
from tracker.services.searching import MOST, Found, Wanted, condition, find, holding
from tracker.services.wordindex import DOCUMENTS, GOALS, OWNERS, RESULTS
from tracker.views.front import visible_documents

SHOWN = 20
AROUND = 40
FEW = 6


@dataclass(frozen=True)
class Hit:
    """One line of the answer: where it leads, its title and the words around the hit, both with marks."""

    url: str
    title: SafeString
    text: SafeString
    meta: str
    day: Any = None


def mark_words(text: str, words: Sequence[str]) -> SafeString:
    """The text, escaped, with every word marked; letters of either case meet."""
    wanted = [word for word in words if word]
    if not wanted:
        return escape(text)
    pattern = re.compile("|".join(re.escape(word) for word in sorted(wanted, key=len, reverse=True)), re.IGNORECASE)
    parts, last = [], 0
    for hit in pattern.finditer(text):
        parts += [escape(text[last : hit.start()]), "<mark>", escape(hit.group()), "</mark>"]
        last = hit.end()
    return mark_safe("".join([*parts, escape(text[last:])]))  # noqa: S308  # every part is escaped above


def snippet(text: str, words: Sequence[str]) -> SafeString:
    """The words around the first hit."""
    flat = "".join(text.split("\n"))
    places = [place for place in (flat.lower().find(word.lower()) for word in words) if place >= 0]
    start = max(0, min(places, default=0) - AROUND)
    end = min(len(flat), start + 4 * AROUND)
    cut = ("…" if start else "") + flat[start:end] + ("…" if end < len(flat) else "")
    return mark_words(cut, words)


@dataclass(frozen=True)
class Group:
    """What was found of one kind: the first hits, how many there are, and whether there are more than were counted."""

    kind: str
    label: str
    n: int
    more: bool
    hits: list[Hit]


def _sees_all(user: Any, only: str) -> bool:
    return not only.isdigit() and access.scope_of(user) == "all"


def _own(rows: QuerySet, user: Any, only: str, organisation: str = "organisation") -> QuerySet:
    rows = access.visible(rows, user, organisation)
    return rows.filter(**{organisation: only}) if only.isdigit() else rows


def find_statements(
    model: type[Goal | Result], user: Any, wanted: Wanted, only: str, most: int
) -> tuple[Found, list[Hit]]:
    """Goals or results, newest first."""
    index, rows = (GOALS if model is Goal else RESULTS), _own(model.objects.standing(), user, only)
    found = find(index, rows, wanted, enough=SHOWN, everything=_sees_all(user, only))
    by_id = {pk: texts for pk, *texts in _shown(model)(*padded(found.ids[:most], SHOWN))} if most else {}
    name = model._meta.model_name or ""
    hits = []
    for pk in found.ids[:most]:
        if pk in by_id:
            indicator, quote, until, body = by_id[pk]
            marked = mark_words(indicator, wanted.words), snippet(quote, wanted.words)
            hits.append(Hit(address(name, pk), *marked, body, until))
    return found, hits


@cache
def _shown(model: type[Goal | Result]) -> Prepared:
    """What a hit shows of a goal or result."""
    ids = [Given(place, model._meta.pk) for place in range(SHOWN)]
    rows = model.objects.filter(pk__in=ids).order_by()
    return Prepared(lambda: rows.values_list("pk", "indicator", "quote", "period_end", "organisation__name"))


def _near() -> QuerySet[Document]:
    """Documents with what stands around a word in their text."""
    ids = [Given(place, Document._meta.pk) for place in range(SHOWN)]
    at = Greatest(StrIndex("content", Given(SHOWN, TextField())) - AROUND, Value(1))
    rows = Document.objects.filter(pk__in=ids).select_related("issuer").order_by()
    rows = rows.only("title", "name", "published_on", "issuer__name")
    return rows.annotate(near=Substr("content", at, 5 * AROUND))


_NEAR = Prepared(_near)


def find_documents(user: Any, wanted: Wanted, only: str, most: int) -> tuple[Found, list[Hit]]:
    """Documents, newest first, counted as far as they are shown: to look at a long text costs as much as hundreds of short
    rows. Of their text only what stands around the first word is read."""
    rows = visible_documents(user)
    rows = rows.filter(issuer=only) if only.isdigit() else rows
    found = find(DOCUMENTS, rows, wanted, most=SHOWN, everything=_sees_all(user, only))
    by_id = {row.pk: row for row in _NEAR(*padded(found.ids[:most], SHOWN), wanted.words[0])} if most else {}
    hits = [
        Hit(
            address("document", pk),
            mark_words(str(row), wanted.words),
            snippet(row.near, wanted.words),
            str(row.issuer or ""),
            row.published_on,
        )
        for pk in found.ids[:most]
        if (row := by_id.get(pk))
    ]
    return found, hits


def find_organisations(user: Any, wanted: Wanted, only: str, most: int) -> tuple[Found, list[Hit]]:
    rows = _own(Organisation.objects.all(), user, only, "pk")
    for word in wanted.words:
        known_as = Alias.objects.filter(holding(word, ("name",), looked_through=True))
        rows = rows.filter(Q(pk__in=wanted.bodies[word]) | Q(pk__in=known_as.values("organisation")))
    named = list(rows.order_by("name", "pk")[: MOST + 1])
    hits = [
        Hit(
            address("organisation", row.pk),
            mark_words(row.name, wanted.words),
            mark_words("", wanted.words),
            row.region,
        )
        for row in named[:most]
    ]
    return Found([row.pk for row in named[:MOST]], len(named) > MOST), hits


def find_people(user: Any, wanted: Wanted, only: str, most: int) -> tuple[Found, list[Hit]]:
    """People who answer for goals, those with most goals first."""
    rows = _own(Goal.objects.standing(), user, only).filter(condition(OWNERS, wanted, by_index=True))
    people = rows.order_by().values("owner", "organisation__name").annotate(n=Count("pk")).order_by("-n", "owner")
    named = list(people[: MOST + 1])
    hits = [
        Hit(
            reverse("person", args=[row["owner"]]),
            mark_words(row["owner"], wanted.words),
            mark_words("", wanted.words),
            f"{row['organisation__name']} · {row['n']}",
        )
        for row in named[:most]
    ]
    return Found(list(range(len(named[:MOST]))), len(named) > MOST), hits


FINDERS: dict[str, tuple[Any, Callable[[Any, Wanted, str, int], tuple[Found, list[Hit]]]]] = {
    "goals": (gettext_lazy("目标"), partial(find_statements, Goal)),
    "results": (gettext_lazy("完成情况"), partial(find_statements, Result)),
    "documents": (gettext_lazy("文档"), find_documents),
    "organisations": (gettext_lazy("单位"), find_organisations),
    "people": (gettext_lazy("责任人"), find_people),
}


def search_all(user: Any, wanted: Wanted, kind: str, only: str) -> list[Group]:
    """Every kind counted; hits of the kind asked for, or the first few of each."""
    groups = []
    for each, (label, finder) in FINDERS.items():
        shown = SHOWN if kind == each else FEW if not kind else 0
        found, hits = finder(user, wanted, only, shown)
        groups.append(Group(each, label, len(found.ids), found.more, hits))
    return groups


@requires("view")
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:100]
    kind = request.GET.get("kind", "")
    only = request.GET.get("organisation", "")
    wanted = Wanted.read(text)
    short = bool(wanted.words) and wanted.is_too_short
    groups = search_all(request.user, wanted, kind, only) if wanted.words and not short else []
    context = {
        "title": _("搜索"),
        "q": text,
        "kind": kind,
        "only": only,
        "groups": groups,
        "short": short,
        "found": any(group.n for group in groups),
    }
    return render(request, "tracker/search.html", context)
