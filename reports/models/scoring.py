"""计分挂旗: points per status, and flags by score."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from tracker.models import Organisation, Status


class ScoreRule(models.Model):
    """Points for one goal in a status; a rule of an organisation goes before the common one."""

    status = models.CharField("状态", max_length=12, choices=Status.choices)
    organisation = models.ForeignKey(
        Organisation,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="单位",
        help_text="空：所有单位。",
    )
    points = models.DecimalField("每项得分", max_digits=6, decimal_places=2)
    history = HistoricalRecords(verbose_name="修改历史")

    class Meta:
        verbose_name = verbose_name_plural = "计分规则"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="score_once_per_status", fields=["status"], condition=Q(organisation__isnull=True)
            ),
            models.UniqueConstraint(name="score_once_per_organisation", fields=["status", "organisation"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()}：{self.points}分"


class FlagRule(models.Model):
    """A flag for organisations whose mean score is at least ``points``; the highest that applies is hung."""

    name = models.CharField("旗", max_length=20)
    points = models.DecimalField("平均分不低于", max_digits=6, decimal_places=2, unique=True)
    colour = models.CharField("颜色", max_length=7, default="#C0392B")
    history = HistoricalRecords(verbose_name="修改历史")

    class Meta:
        verbose_name = verbose_name_plural = "挂旗规则"
        ordering = ["-points"]

    def __str__(self) -> str:
        return self.name
