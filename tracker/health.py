"""Health, readiness and metrics for whoever runs this product: load balancers, Prometheus, a person with curl."""
from __future__ import annotations

import hmac
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from kombu import Connection

from tracker.models import ImportJob, JobState
from tracker.services import wordindex

LOOPBACK = frozenset({"127.0.0.1", "::1"})


@login_not_required
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """200 while the process answers; touches nothing else."""
    return JsonResponse({"status": "ok"})


def check_database() -> None:
    plan = MigrationExecutor(connection).loader
    plan.check_consistent_history(connection)
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise RuntimeError("数据库结构尚未升级，请运行 manage.py migrate。")


def check_broker() -> None:
    with Connection(settings.CELERY_BROKER_URL, transport_options=getattr(settings, "CELERY_BROKER_TRANSPORT_OPTIONS", {})) as broker:
        broker.ensure_connection(max_retries=1, timeout=2)


def check_cache() -> None:
    cache.set("readiness", "1", 5)
    if cache.get("readiness") != "1":
        raise RuntimeError("缓存写入后读不出来。")


def check_search() -> None:
    if gone := wordindex.missing():
        raise RuntimeError(f"缺少搜索索引：{'、'.join(gone)}，请运行 manage.py rebuild_search。")


def check_storage() -> None:
    default_storage.exists("readiness")


CHECKS: dict[str, Callable[[], None]] = {
    "database": check_database,
    "broker": check_broker,
    "cache": check_cache,
    "storage": check_storage,
    "search": check_search,
}


@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when database (with its migrations), broker, cache and storage answer, otherwise 503. Details only to this machine."""
    answers = {}
    for name, check in CHECKS.items():
        try:
            check()
            answers[name] = "ok"
        except Exception as error:  # whatever a driver raises, the answer is "not ready"
            answers[name] = str(error)[:200] if is_local(request) else "failed"
    good = all(answer == "ok" for answer in answers.values())
    return JsonResponse({"status": "ok" if good else "unavailable", "checks": answers}, status=200 if good else 503)


def is_local(request: HttpRequest) -> bool:
    return request.META.get("REMOTE_ADDR") in LOOPBACK and "HTTP_X_FORWARDED_FOR" not in request.META


def may_scrape(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    return bool(token and hmac.compare_digest(given.encode(), token.encode())) or (not token and is_local(request))


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Counts for Prometheus. With JIANNUO_METRICS_TOKEN set a scraper must send it as a bearer token; without, only this machine may ask."""
    if not may_scrape(request):
        return HttpResponse("需要令牌（JIANNUO_METRICS_TOKEN）。\n", status=403, content_type="text/plain; charset=utf-8")
    jobs = dict(ImportJob.objects.order_by().values_list("state").annotate(Count("pk")))
    lines = ["# HELP jiannuo_import_jobs Import jobs by state.", "# TYPE jiannuo_import_jobs gauge"]
    lines += [f'jiannuo_import_jobs{{state="{state}"}} {jobs.get(state, 0)}' for state in JobState.values]
    oldest = ImportJob.objects.filter(state=JobState.PENDING).order_by("created_at").values_list("created_at", flat=True).first()
    lines += [
        "# HELP jiannuo_oldest_pending_job_timestamp_seconds When the oldest waiting job was made; 0 when none waits.",
        "# TYPE jiannuo_oldest_pending_job_timestamp_seconds gauge",
        f"jiannuo_oldest_pending_job_timestamp_seconds {oldest.timestamp() if oldest else 0}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")
