"""Organisations, their other names, and the people who work with this product."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from simple_history.models import HistoricalRecords


class Organisation(models.Model):
    """A body that commits and reports, under its full name: 青岛市国资委."""

    name = models.CharField("名称", max_length=120, unique=True)
    key = models.CharField(
        "归一名称",
        max_length=120,
        db_index=True,
        editable=False,
        help_text="去掉地区、全称与简称差别后的名称，用于判断是否同一单位。",
    )
    region = models.CharField("地区", max_length=40, blank=True, db_index=True)
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="children", verbose_name="上级单位"
    )
    successor = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name="承继单位",
        help_text="机构改革后由哪个单位承继。",
    )
    note = models.CharField("备注", max_length=200, blank=True)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    history = HistoricalRecords(verbose_name="修改历史")

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        ordering = ["name", "pk"]
        constraints = [
            # two workers that meet one body under two names at once must not make it twice
            models.UniqueConstraint(name="organisation_once_per_key", fields=["key"], condition=~models.Q(key="")),
        ]

    def __str__(self) -> str:
        return self.name


class Alias(models.Model):
    """Another name of an organisation: a short name, or the name of a body that it took over."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="aliases", verbose_name="单位")
    name = models.CharField("别名", max_length=120, unique=True)
    history = HistoricalRecords(verbose_name="修改历史")

    class Meta:
        verbose_name = verbose_name_plural = "单位别名"
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", "管理员"
    SUPERVISOR = "supervisor", "督查员"
    LIAISON = "liaison", "填报员"
    READER = "reader", "领导（只读）"


class Profile(models.Model):
    """What a user may do. A user without a profile may log in and sees nothing."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="profile", verbose_name="用户")
    role = models.CharField("角色", max_length=20, choices=Role.choices)
    organisations = models.ManyToManyField(
        Organisation,
        blank=True,
        related_name="liaisons",
        verbose_name="所属单位",
        help_text="填报员只能看到并填报这些单位。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "用户角色"

    def __str__(self) -> str:
        return f"{self.user}：{self.get_role_display()}"
