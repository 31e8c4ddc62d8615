"""What belongs to one person: saved views."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tracker.access import requires
from tracker.models import SavedView
from tracker.views.lists import saved_query

PAGES = frozenset({"goals", "results", "links", "changes", "documents", "organisations", "imports", "audit"})
MOST_VIEWS = 40


@requires("view")
@require_POST
def saved_views(request: HttpRequest) -> HttpResponse:
    """Keeps a table's conditions under a name; the same name again replaces them."""
    page, name = request.POST.get("page", ""), request.POST.get("name", "").strip()[:60]
    if page not in PAGES or not name:
        messages.error(request, _("请填写视图名称。"))
        return redirect("front")
    if SavedView.objects.filter(user=request.user, page=page).exclude(name=name).count() >= MOST_VIEWS:
        messages.error(request, _("每个页面最多保存 %(n)s 个视图，请先删除不用的。") % {"n": MOST_VIEWS})
        return redirect(page)
    query = saved_query(QueryDict(request.POST.get("query", "")[:2000]))
    SavedView.objects.update_or_create(user=request.user, page=page, name=name, defaults={"query": query})
    messages.success(request, _("视图“%(name)s”已保存。") % {"name": name})
    return redirect(f"{reverse(page)}?{query}")


@requires("view")
@require_POST
def saved_view_delete(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView, pk=pk, user=request.user)
    view.delete()
    messages.success(request, _("视图“%(name)s”已删除。") % {"name": view.name})
    try:
        return redirect(view.page)
    except NoReverseMatch:
        return redirect("front")
