"""What an administrator may extend or change without code: words and rules. And the journal of what people did."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from simple_history.models import HistoricalRecords


class Word(models.Model):
    """A word that extends the lists shipped in tracker/analysis/lexicon and tracker/matching."""

    kind = models.CharField("词表", max_length=40, help_text="与随程序发布的词表同名，如 units、synonyms。")
    text = models.CharField("词", max_length=120)
    meaning = models.CharField("归一为", max_length=120, blank=True)
    history = HistoricalRecords(verbose_name="修改历史")

    class Meta:
        verbose_name = verbose_name_plural = "词表"
        ordering = ["kind", "text"]
        constraints = [models.UniqueConstraint(name="word_once_per_list", fields=["kind", "text"])]

    def __str__(self) -> str:
        return self.text


class Rules(models.Model):
    """Thresholds of lights and links; one row. Percentage points unless said."""

    yellow_from = models.DecimalField("黄灯：差值低于", max_digits=6, decimal_places=2, default=0)
    dark_yellow_from = models.DecimalField("深黄灯：差值低于", max_digits=6, decimal_places=2, default=-10)
    red_from = models.DecimalField("红灯：差值低于", max_digits=6, decimal_places=2, default=-30)
    due_soon_days = models.PositiveSmallIntegerField("临期：剩余天数", default=30)
    approx_tolerance = models.DecimalField("“左右”的容差（%）", max_digits=5, decimal_places=2, default=5)
    silent_reports = models.PositiveSmallIntegerField("连续几份报告未提即为无人回应", default=2)
    accept_links_from = models.FloatField(
        "自动关联：把握不低于", null=True, blank=True, help_text="空：用随程序发布、经测定的阈值。"
    )
    history = HistoricalRecords(verbose_name="修改历史")

    class Meta:
        verbose_name = verbose_name_plural = "规则"

    def __str__(self) -> str:
        return "亮灯与关联规则"


class Event(models.Model):
    """Who did what when: one line of the audit page. ``changes`` holds field → [old, new]."""

    at = models.DateTimeField("时间", auto_now_add=True, db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="谁"
    )
    action = models.CharField("动作", max_length=40, db_index=True)
    model = models.CharField("对象", max_length=40, blank=True)
    object_id = models.PositiveBigIntegerField("编号", null=True, blank=True)
    summary = models.CharField("说明", max_length=400)
    changes = models.JSONField("变更", default=dict, blank=True)
    reason = models.CharField("理由", max_length=300, blank=True)
    part_of = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name="属于",
        help_text="合并、拆分等由几步组成的动作，撤销时一起撤销。",
    )
    undone_by = models.OneToOneField(
        "self", models.SET_NULL, null=True, blank=True, related_name="undoes", verbose_name="撤销"
    )

    class Meta:
        verbose_name = verbose_name_plural = "操作记录"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["model", "object_id", "-id"])]

    def __str__(self) -> str:
        return self.summary


class SavedView(models.Model):
    """A person's named set of filters on a table."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views", verbose_name="用户")
    page = models.CharField("页面", max_length=40)
    name = models.CharField("名称", max_length=60)
    query = models.TextField("条件", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "保存的视图"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(name="view_name_once_per_user_and_page", fields=["user", "page", "name"])
        ]

    def __str__(self) -> str:
        return self.name
