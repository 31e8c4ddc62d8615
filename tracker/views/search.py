"""Search over everything: goals, results, documents, organisations, people. Every word must stand in the record."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tracker import access
from tracker.access import requires
from tracker.filters import words_in
from tracker.models import Goal, Organisation, Result
from tracker.views.front import visible_documents

SHOWN = 20
AROUND = 40
KINDS = ("goals", "results", "documents", "organisations", "people")


@dataclass(frozen=True)
class Hit:
    """One line of the answer: where it leads, its title and the words around the hit, both with marks."""

    url: str
    title: SafeString
    text: SafeString
    meta: str
    day: Any = None


def mark_words(text: str, words: list[str]) -> SafeString:
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


def snippet(text: str, words: list[str]) -> SafeString:
    """The words around the first hit."""
    flat = "".join(text.split("\n"))
    places = [place for place in (flat.lower().find(word.lower()) for word in words) if place >= 0]
    start = max(0, min(places, default=0) - AROUND)
    end = min(len(flat), start + 4 * AROUND)
    cut = ("…" if start else "") + flat[start:end] + ("…" if end < len(flat) else "")
    return mark_words(cut, words)


def _statements(model: type[Goal | Result], request: HttpRequest, text: str, only: str) -> QuerySet:
    rows = access.visible(model.objects.standing().select_related("organisation"), request.user)
    rows = rows.filter(words_in(text, "indicator", "quote", "organisation__name", "owner"))
    return rows.filter(organisation=only) if only.isdigit() else rows


def find(request: HttpRequest, text: str, kind: str, only: str = "") -> QuerySet:
    """Rows of one kind that hold every word."""
    if kind == "goals":
        return _statements(Goal, request, text, only)
    if kind == "results":
        return _statements(Result, request, text, only)
    if kind == "documents":
        rows = (
            visible_documents(request.user).select_related("issuer").filter(words_in(text, "title", "name", "content"))
        )
        return (rows.filter(issuer=only) if only.isdigit() else rows).order_by(
            F("published_on").desc(nulls_last=True), "-pk"
        )
    if kind == "organisations":
        rows = access.visible(Organisation.objects.all(), request.user, "pk")
        return rows.filter(words_in(text, "name", "aliases__name")).distinct()
    rows = access.visible(Goal.objects.standing(), request.user).exclude(owner="").filter(words_in(text, "owner"))
    return rows.order_by().values("owner", "organisation__name").annotate(n=Count("pk")).order_by("-n", "owner")


def hits(kind: str, rows: QuerySet, words: list[str]) -> list[Hit]:
    found = []
    for row in rows[:SHOWN]:
        if kind in {"goals", "results"}:
            address = reverse(kind[:-1], args=[row.pk])
            found.append(
                Hit(
                    address,
                    mark_words(row.indicator, words),
                    snippet(row.quote, words),
                    row.organisation.name,
                    row.period_end,
                )
            )
        elif kind == "documents":
            address = reverse("document", args=[row.pk])
            found.append(
                Hit(
                    address,
                    mark_words(str(row), words),
                    snippet(row.content, words),
                    str(row.issuer or ""),
                    row.published_on,
                )
            )
        elif kind == "organisations":
            found.append(
                Hit(
                    reverse("organisation", args=[row.pk]),
                    mark_words(row.name, words),
                    mark_words("", words),
                    row.region,
                )
            )
        else:
            address = reverse("person", args=[row["owner"]])
            found.append(
                Hit(
                    address,
                    mark_words(row["owner"], words),
                    mark_words("", words),
                    f"{row['organisation__name']} · {row['n']}",
                )
            )
    return found


@requires("view")
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:100]
    kind = request.GET.get("kind", "")
    only = request.GET.get("organisation", "")
    words = text.split()
    labels = {
        "goals": _("目标"),
        "results": _("完成情况"),
        "documents": _("文档"),
        "organisations": _("单位"),
        "people": _("责任人"),
    }
    groups = []
    for each in KINDS if words else ():
        rows = find(request, text, each, only)
        n = rows[:1001].count()
        shown = hits(each, rows, words) if kind in ("", each) else []
        groups.append({"kind": each, "label": labels[each], "n": n, "hits": shown[: SHOWN if kind else 6]})
    context = {
        "title": _("搜索"),
        "q": text,
        "kind": kind,
        "only": only,
        "groups": groups,
        "found": any(g["n"] for g in groups),
    }
    return render(request, "tracker/search.html", context)
