"""立项分解: a goal as tasks with their organisations, owners and milestones."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from tracker.models import Goal, Organisation


class Task(models.Model):
    """A part of a goal. ``weight`` is its share in the goal's progress, relative to its sisters."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="tasks", verbose_name="目标")
    title = models.CharField("任务", max_length=200)
    lead = models.ForeignKey(Organisation, models.PROTECT, related_name="led_tasks", verbose_name="牵头单位")
    partners = models.ManyToManyField(Organisation, blank=True, related_name="shared_tasks", verbose_name="配合单位")
    owner = models.CharField("责任人", max_length=40, blank=True)
    weight = models.DecimalField("权重", max_digits=8, decimal_places=2, default=1, validators=[MinValueValidator(0)])
    deadline = models.DateField("完成时限", null=True, blank=True)
    done_on = models.DateField("完成日期", null=True, blank=True)
    position = models.PositiveSmallIntegerField("顺序", default=0)
    history = HistoricalRecords(verbose_name="修改历史")

    class Meta:
        verbose_name = verbose_name_plural = "分解任务"
        ordering = ["goal", "position", "pk"]
        constraints = [models.CheckConstraint(name="task_weight_not_negative", condition=Q(weight__gte=0))]

    def __str__(self) -> str:
        return self.title


class Milestone(models.Model):
    """形象进度 of a task by the end of a month or quarter. ``share`` is what it adds to the task, in percent."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="milestones", verbose_name="任务")
    due_on = models.DateField("节点")
    sentence = models.CharField("形象进度", max_length=200)
    share = models.DecimalField("占任务的比重（%）", max_digits=6, decimal_places=2, default=0)
    done_on = models.DateField("完成日期", null=True, blank=True)
    history = HistoricalRecords(verbose_name="修改历史")

    class Meta:
        verbose_name = verbose_name_plural = "节点"
        ordering = ["task", "due_on", "pk"]
        constraints = [
            models.CheckConstraint(name="milestone_share_in_range", condition=Q(share__gte=0, share__lte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.due_on} {self.sentence}"
