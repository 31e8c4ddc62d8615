"""Goals and results, whoever found them: the machine, a person, or a department's workbook."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from .documents import Document
from .organisations import Organisation


class Comparator(models.TextChoices):
    GE = "ge", "不低于"
    LE = "le", "不高于"
    EQ = "eq", "等于"
    APPROX = "approx", "约"
    RANGE = "range", "区间"


class Measure(models.TextChoices):
    LEVEL = "level", "数量"
    GROWTH = "growth", "增长率"
    DELTA = "delta", "变化量"
    SHARE = "share", "比率"
    RANK = "rank", "位次"
    COMPLETION = "completion", "完成率"


class Origin(models.TextChoices):
    MACHINE = "machine", "机器抽取"
    PERSON = "person", "手工录入"
    WORKBOOK = "workbook", "部门填报"


class Review(models.TextChoices):
    UNREVIEWED = "unreviewed", "未审核"
    ACCEPTED = "accepted", "已采纳"
    CORRECTED = "corrected", "已修正"
    REJECTED = "rejected", "已驳回"


def statement_constraints(name: str) -> list[models.BaseConstraint]:
    """Checks that goals and results share, named after the table."""
    return [
        models.CheckConstraint(
            name=f"{name}_offsets_in_order",
            condition=Q(start__isnull=True, end__isnull=True) | Q(start__lte=F("end"), start__gte=0),
        ),
        models.CheckConstraint(
            name=f"{name}_offsets_with_document", condition=Q(start__isnull=True) | Q(document__isnull=False)
        ),
        models.CheckConstraint(
            name=f"{name}_value_and_unit_together",
            condition=Q(value__isnull=True, value_max__isnull=True, comparator="", measure="")
            | (Q(value__isnull=False) & ~Q(comparator="") & ~Q(measure="")),
        ),
        models.CheckConstraint(
            name=f"{name}_range_in_order",
            condition=Q(value_max__isnull=True) | Q(comparator="range", value__lte=F("value_max")),
        ),
        models.CheckConstraint(
            name=f"{name}_period_in_order",
            condition=Q(period_start__isnull=True) | Q(period_end__isnull=True) | Q(period_start__lte=F("period_end")),
        ),
        models.UniqueConstraint(
            name=f"{name}_once_per_document", fields=["document", "fingerprint"], condition=~Q(fingerprint="")
        ),
    ]


class StatementQuerySet(models.QuerySet):
    def standing(self) -> StatementQuerySet:
        """Without those that a person rejected."""
        return self.exclude(review=Review.REJECTED)


class StatementBase(models.Model):
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="%(class)ss", verbose_name="单位")
    document = models.ForeignKey(
        Document, models.CASCADE, null=True, blank=True, related_name="%(class)ss", verbose_name="文档"
    )
    owner = models.CharField("责任人", max_length=40, blank=True, db_index=True)
    post = models.CharField("职务", max_length=80, blank=True)
    quote = models.TextField("原文", help_text="文档中的原话；手工录入时写明目标或结果的全文。")
    start = models.PositiveIntegerField("起", null=True, blank=True)
    end = models.PositiveIntegerField("止", null=True, blank=True)
    paragraph = models.PositiveIntegerField("段", null=True, blank=True)
    page = models.PositiveIntegerField("页", null=True, blank=True)
    indicator = models.CharField("指标", max_length=200)
    indicator_key = models.CharField("指标归一", max_length=200, blank=True, db_index=True)
    value = models.DecimalField("数值", max_digits=24, decimal_places=6, null=True, blank=True)
    value_max = models.DecimalField("上限", max_digits=24, decimal_places=6, null=True, blank=True)
    unit = models.CharField("计量单位", max_length=20, blank=True)
    comparator = models.CharField("比较", max_length=8, choices=Comparator.choices, blank=True)
    measure = models.CharField("口径", max_length=12, choices=Measure.choices, blank=True)
    period_start = models.DateField("时期起", null=True, blank=True)
    period_end = models.DateField("时期止", null=True, blank=True)
    scope = models.CharField("范围", max_length=20, blank=True)
    reasons = models.JSONField("判定依据", default=list, blank=True)
    score = models.FloatField(
        "把握",
        null=True,
        blank=True,
        editable=False,
        help_text="0 到 1：机器记录整条无误的可能，由判定它的规则在标准答案上的正确率相乘而得。人工录入为空。",
    )
    origin = models.CharField("来源", max_length=10, choices=Origin.choices, default=Origin.MACHINE)
    review = models.CharField("审核", max_length=12, choices=Review.choices, default=Review.UNREVIEWED)
    fingerprint = models.CharField(
        "机器记录指纹",
        max_length=40,
        blank=True,
        editable=False,
        help_text="同一文档重新抽取时认出同一条记录；手工录入为空。",
    )
    machine = models.JSONField(
        "机器原值", default=dict, blank=True, editable=False, help_text="人改过之后，机器原来的看法仍留在这里。"
    )
    revision = models.PositiveIntegerField(
        "版本号", default=1, editable=False, help_text="两人同时修改时，后者会被告知。"
    )
    note = models.TextField("备注", blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="录入人"
    )
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.organisation}：{self.indicator}"

    @property
    def is_quantified(self) -> bool:
        return self.value is not None


class Goal(StatementBase):
    """A commitment about the future. ``period_end`` is the deadline."""

    original_deadline = models.DateField("原定时限", null=True, blank=True, help_text="批准延期后仍保留最初的时限。")
    baseline = models.DecimalField("基数", max_digits=24, decimal_places=6, null=True, blank=True)
    problems = models.TextField("存在问题", blank=True)
    steps = models.TextField("下步措施", blank=True)
    closed_on = models.DateField("销号日期", null=True, blank=True, help_text="销号后不再催办。")
    history = HistoricalRecords(verbose_name="修改历史")
    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "目标"
        ordering = ["-period_end", "-pk"]
        constraints = statement_constraints("goal")
        indexes = [
            models.Index(fields=["organisation", "-period_end", "-id"]),
            models.Index(fields=["-period_end", "-id"]),
            models.Index(fields=["review", "-id"]),
            models.Index(fields=["indicator", "id"], name="goal_by_indicator"),
            models.Index(fields=["value", "id"], name="goal_by_value"),
            models.Index(fields=["document", "review"], name="goal_open_by_document"),
            models.Index(fields=["review", "-score", "-id"], name="goal_open_by_score"),
        ]


class Result(StatementBase):
    """An achievement reported."""

    history = HistoricalRecords(verbose_name="修改历史")
    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "完成情况"
        ordering = ["-period_end", "-pk"]
        constraints = statement_constraints("result")
        indexes = [
            models.Index(fields=["organisation", "-period_end", "-id"]),
            models.Index(fields=["-period_end", "-id"]),
            models.Index(fields=["review", "-id"]),
            models.Index(fields=["document", "review"], name="result_open_by_document"),
            models.Index(fields=["review", "-score", "-id"], name="result_open_by_score"),
        ]
