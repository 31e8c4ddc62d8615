"""Keys of the read interface: each user's own."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from reports.forms import TokenForm
from reports.models import ApiToken
from reports.services import tokens as service
from tracker.access import requires


@requires("export")
@never_cache
@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The user's keys; a new one is shown once."""
    form, key = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        _, key = service.make_token(request.user, form.cleaned_data["name"])
        form = TokenForm()
    context = {"title": gettext("接口密钥"), "form": form, "key": key, "tokens": ApiToken.objects.filter(user=request.user)}
    return render(request, "reports/tokens.html", context)


@requires("export")
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    service.revoke(get_object_or_404(ApiToken, pk=pk, user=request.user), user=request.user)
    messages.success(request, gettext("密钥已停用。"))
    return redirect("reports:tokens")
