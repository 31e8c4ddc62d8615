"""What answers what, how far a goal is, and what needs a person's eye."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from .documents import Document
from .organisations import Organisation
from .statements import Goal, Result


class Relation(models.TextChoices):
    FULFILS = "fulfils", "完成"
    PROGRESS = "progress", "进展"
    MISSES = "misses", "未完成"


class LinkState(models.TextChoices):
    PROPOSED = "proposed", "待确认"
    ACCEPTED = "accepted", "已关联"
    REJECTED = "rejected", "已否决"


class Link(models.Model):
    """A result that answers a goal. A pair that a person rejected is not proposed again."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="links", verbose_name="目标")
    result = models.ForeignKey(Result, models.CASCADE, related_name="links", verbose_name="完成情况")
    relation = models.CharField("关系", max_length=10, choices=Relation.choices)
    score = models.FloatField("把握", help_text="0 到 1；人工关联为 1。")
    reasons = models.JSONField("理由", default=list, blank=True)
    objections = models.JSONField("疑点", default=list, blank=True)
    state = models.CharField("状态", max_length=10, choices=LinkState.choices, default=LinkState.PROPOSED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="决定人",
        help_text="空：由规则自动决定。",
    )
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    history = HistoricalRecords(verbose_name="修改历史")

    class Meta:
        verbose_name = verbose_name_plural = "关联"
        ordering = ["-score", "-pk"]
        constraints = [
            models.UniqueConstraint(name="link_once_per_pair", fields=["goal", "result"]),
            models.CheckConstraint(name="link_score_in_range", condition=Q(score__gte=0, score__lte=1)),
        ]
        indexes = [models.Index(fields=["state", "-score", "-id"])]

    def __str__(self) -> str:
        return f"{self.goal} ← {self.result}"


class Status(models.TextChoices):
    """The status words of the field."""

    DONE = "done", "已完成"
    AHEAD = "ahead", "超序时"
    ON_TIME = "on_time", "达到序时进度"
    BEHIND = "behind", "未达序时进度（滞后）"
    AT_RISK = "at_risk", "有风险"
    OVERDUE = "overdue", "逾期未完成"
    NOT_STARTED = "not_started", "未启动"
    ADJUSTED = "adjusted", "目标调整"
    NO_DATA = "no_data", "无数据"


class Light(models.TextChoices):
    GREEN = "green", "绿灯"
    YELLOW = "yellow", "黄灯"
    DARK_YELLOW = "dark_yellow", "深黄灯"
    RED = "red", "红灯"
    BLUE = "blue", "蓝灯"
    GREY = "grey", "灰灯"


class GoalStatus(models.Model):
    """How far a goal is as of a date: what the department says, what the numbers give, what a person decided."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="statuses", verbose_name="目标")
    as_of = models.DateField("截至日期")
    status = models.CharField("状态", max_length=12, choices=Status.choices, help_text="核定的优先，没有核定时为测算。")
    light = models.CharField("亮灯", max_length=12, choices=Light.choices)
    computed = models.CharField("测算", max_length=12, choices=Status.choices)
    declared = models.CharField("自报", max_length=12, choices=Status.choices, blank=True)
    decided = models.CharField("核定", max_length=12, choices=Status.choices, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="核定人"
    )
    decided_at = models.DateTimeField("核定时间", null=True, blank=True)
    decided_reason = models.CharField("核定理由", max_length=300, blank=True)
    result = models.ForeignKey(
        Result, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="最新完成情况"
    )
    value = models.DecimalField(
        "完成值", max_digits=24, decimal_places=6, null=True, blank=True, help_text="按目标的计量单位。"
    )
    counted_on = models.DateField("数据截止", null=True, blank=True)
    completion = models.DecimalField(
        "完成率", max_digits=12, decimal_places=4, null=True, blank=True, help_text="1 = 100%；不封顶。"
    )
    declared_completion = models.DecimalField("自报完成率", max_digits=12, decimal_places=4, null=True, blank=True)
    time_share = models.DecimalField("序时进度", max_digits=8, decimal_places=4, null=True, blank=True)
    gap = models.DecimalField("差值（百分点）", max_digits=12, decimal_places=2, null=True, blank=True)
    forecast = models.DecimalField("预计完成值", max_digits=24, decimal_places=6, null=True, blank=True)
    arithmetic = models.TextField("算式", blank=True)
    light_reason = models.CharField("亮灯依据", max_length=300, blank=True)
    notes = models.JSONField("说明", default=list, blank=True)
    assumption = models.TextField("预计的假设", blank=True)
    answered_in_words = models.BooleanField("未以数据回应", default=False)
    answers = models.PositiveIntegerField("回应数", default=0)
    searched = models.TextField("查找范围", blank=True, help_text="无人回应时：查过哪些文档，到哪一天。")
    stale = models.BooleanField("待重算", default=False, editable=False, help_text="依据的数据变了，下次查看前重算。")

    class Meta:
        verbose_name = verbose_name_plural = "目标进度"
        ordering = ["-as_of", "-pk"]
        constraints = [models.UniqueConstraint(name="one_status_per_goal_and_date", fields=["goal", "as_of"])]
        indexes = [
            models.Index(fields=["as_of", "status", "goal"]),
            models.Index(fields=["as_of", "gap", "goal"]),
            models.Index(fields=["as_of", "completion", "goal"], name="status_by_completion"),
            # what counts lights and states of a day by body reads this alone, never the wide rows
            models.Index(fields=["as_of", "goal", "light", "status"], name="status_lights"),
            # one status in the order of the gap: a page of it is a walk of fifty rows
            models.Index(fields=["as_of", "status", "gap", "goal"], name="status_by_status_gap"),
            models.Index(fields=["as_of", "goal"], name="status_stale", condition=Q(stale=True)),
        ]

    def __str__(self) -> str:
        return f"{self.goal}（截至{self.as_of}）：{self.get_status_display()}"


class StatusDay(models.Model):
    """A date for which every goal has its status. ``wanted`` counts changes of the data, ``done`` those worked in."""

    as_of = models.DateField("截至日期", unique=True)
    wanted = models.PositiveBigIntegerField("数据版本", default=1)
    done = models.PositiveBigIntegerField("已算版本", default=0)
    counts = models.JSONField("各状态数", default=dict, blank=True)
    computed_at = models.DateTimeField("计算时间", null=True, blank=True)
    lease_until = models.DateTimeField("占用至", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "进度日期"
        ordering = ["-as_of"]


class BodyDay(models.Model):
    """How many goals of an organisation stand in which status and under which light at a date: what lists of bodies,
    the counts of the front page and the wall add up, whoever may see which of them. Made with the day's progress."""

    as_of = models.DateField("截至日期")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="days", verbose_name="单位")
    total = models.PositiveIntegerField("目标数", default=0)
    statuses = models.JSONField("各状态数", default=dict)
    lights = models.JSONField("各灯数", default=dict)
    done = models.PositiveIntegerField("已完成", default=0)
    ontime = models.PositiveIntegerField("达到序时", default=0)
    behind = models.PositiveIntegerField("滞后", default=0)
    overdue = models.PositiveIntegerField("逾期", default=0)
    none = models.PositiveIntegerField("无数据", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "单位进度"
        ordering = ["-as_of", "organisation"]
        constraints = [models.UniqueConstraint(name="one_body_per_date", fields=["as_of", "organisation"])]


class KeptFigures(models.Model):
    """Figures of all organisations that take long to count, kept for one version of the data: no page has to wait for them."""

    name = models.CharField("名称", max_length=40)
    days = models.CharField("日期", max_length=300)
    version = models.CharField("数据版本", max_length=300)
    value = models.JSONField("数值")
    counted_at = models.DateTimeField("计算时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "留存的数字"
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(name="figures_once_per_version", fields=["name", "days", "version"])]


class LinkingTurn(models.Model):
    """An organisation's turn to be matched: one worker at a time holds the lease and does all that its wishes ask for.

    ``version`` is raised by every match before it looks, and by whoever takes records away: who matches meanwhile sees it.
    """

    organisation = models.OneToOneField(Organisation, models.CASCADE, related_name="linking_turn", verbose_name="单位")
    version = models.PositiveBigIntegerField("数据版本", default=0)
    matched = models.PositiveBigIntegerField("已关联文档数", default=0, help_text="重新关联的也算。")
    lease_until = models.DateTimeField("占用至", null=True, blank=True)
    sent_at = models.DateTimeField("派发时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "关联任务"
        ordering = ["pk"]


class LinkingWish(models.Model):
    """That a document's records wait to be matched in an organisation's turn; without one, those typed in for it."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="linking_wishes", verbose_name="单位", help_text="文档中记录最多的单位。"
    )
    document = models.ForeignKey(
        Document, models.CASCADE, null=True, blank=True, related_name="linking_wishes", verbose_name="文档"
    )
    created_at = models.DateTimeField("提出时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "待关联文档"
        ordering = ["pk"]


class ChangeKind(models.TextChoices):
    REPEATED = "repeated", "重申"
    RAISED = "raised", "上调"
    LOWERED = "lowered", "下调"
    POSTPONED = "postponed", "延期"
    ADVANCED = "advanced", "提前"
    WEAKENED = "weakened", "弱化"
    RESCOPED = "rescoped", "调整范围"
    DROPPED = "dropped", "未再提及"


class GoalChange(models.Model):
    """The same goal said again in a later document, or dropped from it. The original goal never disappears."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="changes", verbose_name="原目标")
    later = models.ForeignKey(
        Goal, models.CASCADE, null=True, blank=True, related_name="origins", verbose_name="后来的提法"
    )
    document = models.ForeignKey(
        Document, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="后来的文档"
    )
    kind = models.CharField("变化", max_length=10, choices=ChangeKind.choices)
    happened_on = models.DateField("日期")
    sentence = models.TextField("说明")
    state = models.CharField("状态", max_length=10, choices=LinkState.choices, default=LinkState.PROPOSED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="决定人"
    )
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "目标变更"
        ordering = ["-happened_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="change_once_per_pair", fields=["goal", "later"], condition=Q(later__isnull=False)
            ),
            models.CheckConstraint(name="change_not_to_itself", condition=Q(later__isnull=True) | ~Q(goal=F("later"))),
        ]


class FindingKind(models.TextChoices):
    CONTRADICTION = "contradiction", "两处报告不一致"
    DECLARED_AGAINST_COMPUTED = "declared", "自报与测算不符"
    LEVELS_AGAINST_GROWTH = "growth", "增速与两期数值不符"
    FALLING_SERIES = "falling", "累计数下降"
    PERCENT_AGAINST_POINTS = "points", "百分比与百分点混用"
    ANSWERED_IN_WORDS = "words", "未以数据回应"
    UNMEASURABLE = "unmeasurable", "不可考核"


class Finding(models.Model):
    """Something that does not add up. Found again on every re-link by its ``fingerprint``; a person's word on it stays."""

    kind = models.CharField("种类", max_length=20, choices=FindingKind.choices)
    goal = models.ForeignKey(Goal, models.CASCADE, null=True, blank=True, related_name="findings", verbose_name="目标")
    result = models.ForeignKey(
        Result, models.CASCADE, null=True, blank=True, related_name="findings", verbose_name="完成情况"
    )
    other = models.ForeignKey(Result, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="另一处")
    sentence = models.TextField("说明")
    fingerprint = models.CharField("指纹", max_length=64, unique=True, editable=False)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="处理人"
    )
    resolved_at = models.DateTimeField("处理时间", null=True, blank=True)
    resolution = models.CharField("处理意见", max_length=300, blank=True)
    created_at = models.DateTimeField("发现时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "疑点"
        ordering = ["-pk"]
