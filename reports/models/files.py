"""Ledgers that are too large for one answer of the web: ordered by a page, written by a worker, fetched when ready."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from tracker.models import Organisation

from .months import Snapshot


class FileState(models.TextChoices):
    WAITING = "waiting", "等待生成"
    WRITING = "writing", "正在生成"
    READY = "ready", "可以下载"
    FAILED = "failed", "没有生成"


class LedgerFile(models.Model):
    """One ordered workbook. It belongs to who ordered it, holds what that person may see, and is thrown away after some days."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="下载人")
    as_of = models.DateField("截至日期")
    snapshot = models.ForeignKey(
        Snapshot, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="快照", help_text="空：当前数据。"
    )
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    state = models.CharField("状态", max_length=10, choices=FileState.choices, default=FileState.WAITING)
    rows = models.PositiveIntegerField("目标数", default=0)
    written = models.PositiveIntegerField("已写", default=0)
    attempt = models.PositiveSmallIntegerField("第几次", default=0)
    sent_at = models.DateTimeField("派发时间", null=True, blank=True)
    lease_until = models.DateTimeField("占用至", null=True, blank=True)
    name = models.CharField("文件名", max_length=255, blank=True)
    file = models.FileField("文件", upload_to="ledgers/%Y/%m/", max_length=300, blank=True)
    error = models.CharField("原因", max_length=300, blank=True)
    ordered_at = models.DateTimeField("要求时间", auto_now_add=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "台账文件"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "ordered_at"])]

    def __str__(self) -> str:
        return self.name or f"台账（截至{self.as_of}）"
