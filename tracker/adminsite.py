"""The admin site. Administrators get in; everybody else who is logged in gets 403.

Outside tracker.admin: Django makes the site while it looks for admin modules, and what is registered before is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from tracker import access
from tracker.adminwords import reader_language, render_in_language

ORDER = ("tracker", "reports", "auth", "axes")
NAMES = {"axes": _("登录防护"), "auth": _("用户")}


class Site(AdminSite):
    site_header = _("践诺 · 管理")
    site_title = _("践诺管理")
    index_title = _("数据与设置")
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and access.may(request.user, "administer")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """The product's own data first; packages that come without Chinese under a Chinese name."""
        found = super().get_app_list(request, app_label)
        for app in found:
            app["name"] = NAMES.get(app["app_label"], app["name"])
        return sorted(found, key=lambda app: ORDER.index(app["app_label"]) if app["app_label"] in ORDER else len(ORDER))

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        inner = super().admin_view(view, cacheable)

        def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied("只有管理员可以进入管理后台。")
            if request.method != "GET":  # what is stored keeps its own language
                return render_in_language(inner(request, *args, **kwargs))
            with reader_language():
                return render_in_language(inner(request, *args, **kwargs))

        return update_wrapper(gated, inner)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one door to the product, with its throttle; the admin has none of its own."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied("只有管理员可以进入管理后台。")
        target = request.GET.get("next") or reverse("admin:index")
        return HttpResponseRedirect(f"{reverse('login')}?{urlencode({'next': target})}")
