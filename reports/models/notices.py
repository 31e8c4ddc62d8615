"""催办 and 督办: rules that find what to chase, notices, how they were delivered, and requests for more time."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from tracker.models import Goal, Organisation


class Condition(models.TextChoices):
    DUE_SOON = "due_soon", "临期"
    BEHIND = "behind", "滞后"
    OVERDUE = "overdue", "逾期"
    UNANSWERED = "unanswered", "无人回应"


class Step(models.IntegerChoices):
    """The ladder of supervision."""

    NOTE = 1, "工作提示单"
    SUPERVISION = 2, "督办单"
    TALK = 3, "约谈通知"


class Rhythm(models.TextChoices):
    DAILY = "daily", "每天"
    WEEKLY = "weekly", "每周"
    MONTHLY = "monthly", "每月"


class Channel(models.TextChoices):
    APP = "app", "系统内"
    MAIL = "mail", "电子邮件"
    WEBHOOK = "webhook", "群机器人"


def all_channels() -> list[str]:
    return list(Channel.values)


class NoticeRule(models.Model):
    """Whom to chase, when, and how long to wait for a reply."""

    name = models.CharField("名称", max_length=60)
    condition = models.CharField("情形", max_length=12, choices=Condition.choices)
    days = models.PositiveSmallIntegerField("临期天数", default=30, help_text="只用于“临期”：距时限不超过几天。")
    gap = models.DecimalField(
        "滞后百分点", max_digits=6, decimal_places=2, default=0, help_text="只用于“滞后”：落后序时超过几个百分点。"
    )
    rhythm = models.CharField("多久一次", max_length=8, choices=Rhythm.choices, default=Rhythm.MONTHLY)
    day = models.PositiveSmallIntegerField(
        "哪一天",
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(28)],
        help_text="每周：1至7为周一至周日；每月：1至28日；每天：不用。",
    )
    reply_days = models.PositiveSmallIntegerField("几天内回复", default=5)
    escalate = models.BooleanField("逾期不回复则升级", default=True)
    channels = models.JSONField("方式", default=all_channels)
    active = models.BooleanField("启用", default=True)
    ran_on = models.DateField("上次执行", null=True, blank=True, editable=False)
    history = HistoricalRecords(verbose_name="修改历史")

    class Meta:
        verbose_name = verbose_name_plural = "催办规则"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class NoticeState(models.TextChoices):
    SENT = "sent", "待回复"
    REPLIED = "replied", "已回复"
    CLOSED = "closed", "已办结"
    ESCALATED = "escalated", "已升级"


class Notice(models.Model):
    """One notice about one goal to the organisation that answers for it."""

    number = models.CharField("编号", max_length=30, unique=True)
    goal = models.ForeignKey(Goal, models.CASCADE, related_name="notices", verbose_name="目标")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="notices", verbose_name="单位")
    owner = models.CharField("责任人", max_length=40, blank=True)
    rule = models.ForeignKey(NoticeRule, models.SET_NULL, null=True, blank=True, verbose_name="规则")
    condition = models.CharField("情形", max_length=12, choices=Condition.choices)
    step = models.PositiveSmallIntegerField("步骤", choices=Step.choices, default=Step.NOTE)
    state = models.CharField("状态", max_length=10, choices=NoticeState.choices, default=NoticeState.SENT)
    as_of = models.DateField("依据日期")
    body = models.TextField("内容")
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="发出人",
        help_text="空：按规则自动发出。",
    )
    sent_at = models.DateTimeField("发出时间", auto_now_add=True)
    due_on = models.DateField("回复期限")
    reply = models.TextField("回复", blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="回复人"
    )
    replied_at = models.DateTimeField("回复时间", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="办结人"
    )
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    follows = models.OneToOneField(
        "self", models.SET_NULL, null=True, blank=True, related_name="next", verbose_name="由哪一件升级而来"
    )

    class Meta:
        verbose_name = verbose_name_plural = "催办督办"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["organisation", "state", "-id"]),
            models.Index(fields=["state", "due_on", "id"]),
        ]
        constraints = [
            # a goal is chased by one open notice at a time
            models.UniqueConstraint(
                name="one_open_notice_per_goal", fields=["goal"], condition=Q(state__in=["sent", "replied"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()}{self.number}"


class Delivery(models.Model):
    """One attempt to bring a notice to somebody."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries", verbose_name="通知")
    channel = models.CharField("方式", max_length=8, choices=Channel.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="收件人"
    )
    address = models.CharField("地址", max_length=254, blank=True)
    succeeded = models.BooleanField("送达")
    error = models.CharField("原因", max_length=300, blank=True)
    at = models.DateTimeField("时间", auto_now_add=True)
    read_at = models.DateTimeField("已读时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "送达记录"
        ordering = ["pk"]
        indexes = [models.Index(fields=["user", "read_at"])]


class Extension(models.Model):
    """A request for a later deadline; the original one stays with the goal."""

    class State(models.TextChoices):
        ASKED = "asked", "待审批"
        GRANTED = "granted", "已同意"
        REFUSED = "refused", "不同意"

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="extensions", verbose_name="目标")
    notice = models.ForeignKey(
        Notice, models.SET_NULL, null=True, blank=True, related_name="extensions", verbose_name="通知"
    )
    deadline = models.DateField("申请延至")
    previous = models.DateField("申请时的时限", null=True, blank=True)
    reason = models.CharField("理由", max_length=300)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="申请人"
    )
    asked_at = models.DateTimeField("申请时间", auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="审批人"
    )
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    decision = models.CharField("审批意见", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "延期申请"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(name="one_open_extension", fields=["goal"], condition=Q(state="asked")),
        ]
