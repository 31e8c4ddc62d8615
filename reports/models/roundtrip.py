"""Workbooks that go out to departments, and what comes back."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from tracker.models import Document, Organisation


class WorkbookIssue(models.Model):
    """A workbook given to a department: its structure and the locked cells as they went out."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="workbooks", verbose_name="单位")
    as_of = models.DateField("截至日期")
    structure = models.CharField("结构指纹", max_length=64)
    cells = models.JSONField("发出时的内容", default=dict)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="下载人"
    )
    issued_at = models.DateTimeField("发出时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "填报表"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["organisation", "as_of", "-id"])]

    def __str__(self) -> str:
        return f"{self.organisation} {self.as_of} 第{self.pk}号"


class SubmissionState(models.TextChoices):
    PENDING = "pending", "待审批"
    APPROVED = "approved", "已采纳"
    RETURNED = "returned", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"


class SubmissionOrigin(models.TextChoices):
    WORKBOOK = "workbook", "填报表"
    WEB = "web", "网页填报"


class Submission(models.Model):
    """What a department reports for a month. ``entries`` are the filled cells, ``differences`` what they would change."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="submissions", verbose_name="单位")
    as_of = models.DateField("截至日期")
    issue = models.ForeignKey(
        WorkbookIssue, models.PROTECT, null=True, blank=True, related_name="submissions", verbose_name="填报表"
    )
    origin = models.CharField("方式", max_length=10, choices=SubmissionOrigin.choices)
    file = models.FileField("文件", upload_to="submissions/%Y/%m/", max_length=300, blank=True)
    file_name = models.CharField("文件名", max_length=255, blank=True)
    sha256 = models.CharField("指纹", max_length=64, blank=True)
    entries = models.JSONField("填报内容", default=list)
    differences = models.JSONField("变化", default=list)
    state = models.CharField("状态", max_length=10, choices=SubmissionState.choices, default=SubmissionState.PENDING)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="填报人"
    )
    submitted_at = models.DateTimeField("提交时间", auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="审批人"
    )
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    decision = models.CharField("审批意见", max_length=300, blank=True)
    document = models.ForeignKey(
        Document, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="入库文档"
    )

    class Meta:
        verbose_name = verbose_name_plural = "填报"
        ordering = ["-pk"]
        constraints = [
            # two people's uploads for one month must not both wait for approval
            models.UniqueConstraint(
                name="one_pending_submission", fields=["organisation", "as_of"], condition=Q(state="pending")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.as_of}（{self.get_state_display()}）"
