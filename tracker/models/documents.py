"""Documents as they came in, and the jobs that read them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from .organisations import Organisation


class Document(models.Model):
    """A file with its text as it was read. Offsets of goals and results point into ``content``."""

    sha256 = models.CharField("指纹", max_length=64, unique=True, editable=False)
    name = models.CharField("文件名", max_length=255)
    file = models.FileField("原文件", upload_to="documents/%Y/%m/", max_length=300)
    size = models.PositiveBigIntegerField("字节数")
    format = models.CharField("格式", max_length=12, blank=True)
    title = models.CharField("标题", max_length=300, blank=True)
    issuer = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="documents", verbose_name="发文单位"
    )
    published_on = models.DateField("发布日期", null=True, blank=True, db_index=True)
    period_start = models.DateField("所述时期起", null=True, blank=True)
    period_end = models.DateField("所述时期止", null=True, blank=True)
    sources = models.JSONField("信息来源", default=dict, blank=True, help_text="标题、发文单位、日期各从何处得知。")
    content = models.TextField("正文", blank=True)
    paragraphs = models.JSONField("段落", default=list, blank=True, help_text="每段 [起, 止, 段号, 页, 样式, 级别]。")
    notes = models.JSONField("读取说明", default=list, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name="上传人"
    )
    created_at = models.DateTimeField("入库时间", auto_now_add=True)
    read_at = models.DateTimeField("读取时间", null=True, blank=True)
    history = HistoricalRecords(verbose_name="修改历史", excluded_fields=["content", "paragraphs"])

    class Meta:
        verbose_name = verbose_name_plural = "文档"
        ordering = ["-published_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="document_period_in_order",
                condition=Q(period_start__isnull=True)
                | Q(period_end__isnull=True)
                | Q(period_start__lte=F("period_end")),
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.name


class JobState(models.TextChoices):
    PENDING = "pending", "等待"
    RUNNING = "running", "处理中"
    DONE = "done", "完成"
    FAILED = "failed", "失败"
    CANCELLED = "cancelled", "已取消"


class ImportBatch(models.Model):
    """Files that came in together."""

    class Source(models.TextChoices):
        UPLOAD = "upload", "网页上传"
        COMMAND = "command", "命令行"
        INBOX = "inbox", "收件夹"
        EXAMPLE = "example", "示例"

    source = models.CharField("来源", max_length=10, choices=Source.choices)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name="提交人"
    )
    created_at = models.DateTimeField("提交时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "导入批次"
        ordering = ["-pk"]


class ImportJob(models.Model):
    """The reading of one document. A worker claims it by compare-and-swap on ``state`` and ``lease_until``."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="jobs", verbose_name="批次")
    document = models.ForeignKey(Document, models.CASCADE, related_name="jobs", verbose_name="文档")
    state = models.CharField("状态", max_length=10, choices=JobState.choices, default=JobState.PENDING)
    stage = models.CharField("步骤", max_length=20, blank=True)
    progress = models.PositiveSmallIntegerField("进度", default=0)
    attempt = models.PositiveSmallIntegerField("第几次", default=0)
    forgiven = models.PositiveSmallIntegerField(
        "已不计的次数", default=0, editable=False, help_text="人工重试之前的次数，不计入上限。"
    )
    lease_until = models.DateTimeField("占用至", null=True, blank=True)
    sent_at = models.DateTimeField("派发时间", null=True, blank=True)
    error_code = models.CharField("错误代码", max_length=40, blank=True)
    error = models.TextField("错误", blank=True)
    advice = models.TextField("怎么办", blank=True)
    goals = models.PositiveIntegerField("目标数", default=0)
    results = models.PositiveIntegerField("结果数", default=0)
    links = models.PositiveIntegerField("关联数", default=0)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "导入任务"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["state", "lease_until"]),
            # the next to send, those on their way, and those that a batch's page shows: of ten thousand only these are read
            models.Index(fields=["state", "sent_at", "id"], name="jobs_to_send"),
            models.Index(fields=["batch", "state", "id"], name="jobs_of_batch"),
        ]
        constraints = [
            # two uploads of one file at once must not both be read
            models.UniqueConstraint(
                name="one_open_job_per_document", fields=["document"], condition=Q(state__in=["pending", "running"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document}：{self.get_state_display()}"
