"""Closed months: what the ledger said on the last day, kept as it was."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from tracker.models import Organisation


class RoundSettings(models.Model):
    """When months are closed and what bulletins are headed with; one row."""

    close_automatically = models.BooleanField("每月自动关账", default=True)
    close_day = models.PositiveSmallIntegerField(
        "每月几日关上月的账", default=5, validators=[MinValueValidator(1), MaxValueValidator(28)]
    )
    bulletin_name = models.CharField("通报名称", max_length=60, default="督查通报")
    bulletin_office = models.CharField("发文单位", max_length=60, blank=True, help_text="空：用系统设置中的单位名称。")

    class Meta:
        verbose_name = verbose_name_plural = "月报设置"

    def __str__(self) -> str:
        return "月报设置"


class SnapshotState(models.TextChoices):
    CLOSED = "closed", "已关账"
    REOPENED = "reopened", "已重开"


class Snapshot(models.Model):
    """A month as it was closed. Reopening keeps it and makes room for the next version."""

    as_of = models.DateField("截至日期", db_index=True)
    version = models.PositiveSmallIntegerField("第几版", default=1)
    state = models.CharField("状态", max_length=10, choices=SnapshotState.choices, default=SnapshotState.CLOSED)
    facts = models.JSONField("口径", help_text="截至日期、填报时间、亮灯规则等，重新生成台账时照用。")
    counts = models.JSONField("各状态数", default=dict)
    rows = models.PositiveIntegerField("目标数", default=0)
    differences = models.PositiveIntegerField("较上期变化数", default=0)
    digest = models.CharField("内容指纹", max_length=64)
    previous = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="上期")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="关账人",
        help_text="空：按计划自动关账。",
    )
    closed_at = models.DateTimeField("关账时间", auto_now_add=True)
    note = models.CharField("备注", max_length=300, blank=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="重开人"
    )
    reopened_at = models.DateTimeField("重开时间", null=True, blank=True)
    reopen_reason = models.CharField("重开理由", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "月度快照"
        ordering = ["-as_of", "-version", "-pk"]
        constraints = [
            models.UniqueConstraint(name="snapshot_version_once", fields=["as_of", "version"]),
            models.UniqueConstraint(name="one_closed_snapshot_per_date", fields=["as_of"], condition=Q(state="closed")),
            models.CheckConstraint(
                name="snapshot_reopened_with_reason", condition=Q(state="closed") | ~Q(reopen_reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.as_of:%Y年%-m月}（第{self.version}版）"

    @property
    def goals(self) -> int:
        """How many goals count; ``rows`` also has those that only say another one again."""
        return sum(self.counts.values())


class SnapshotPage(models.Model):
    """Some rows of a snapshot, as compressed JSON. Never changed after it was written."""

    class Kind(models.TextChoices):
        ROWS = "rows", "目标"
        ADJUSTMENTS = "adjustments", "目标调整"
        DIFFERENCES = "differences", "较上期变化"

    snapshot = models.ForeignKey(Snapshot, models.CASCADE, related_name="pages", verbose_name="快照")
    kind = models.CharField("内容", max_length=12, choices=Kind.choices)
    number = models.PositiveIntegerField("页号")
    data = models.BinaryField("数据")

    class Meta:
        verbose_name = verbose_name_plural = "快照内容"
        ordering = ["kind", "number"]
        constraints = [models.UniqueConstraint(name="snapshot_page_once", fields=["snapshot", "kind", "number"])]


class SnapshotTally(models.Model):
    """One organisation's counts in a snapshot: what ranking and the bulletin are made from."""

    snapshot = models.ForeignKey(Snapshot, models.CASCADE, related_name="tallies", verbose_name="快照")
    organisation = models.ForeignKey(Organisation, models.SET_NULL, null=True, related_name="+", verbose_name="单位")
    name = models.CharField("当时名称", max_length=120)
    counts = models.JSONField("各状态数", default=dict)
    goals = models.PositiveIntegerField("目标数", default=0)
    completion = models.DecimalField("平均完成率", max_digits=12, decimal_places=4, null=True, blank=True)
    time_share = models.DecimalField("平均序时进度", max_digits=8, decimal_places=4, null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "快照汇总"
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(name="tally_once_per_snapshot", fields=["snapshot", "organisation"])]
