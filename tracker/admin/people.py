"""Users and their roles."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.utils.translation import gettext_lazy as _

from tracker.admin.base import ForAdministrators, PlainAdmin
from tracker.models import Profile

admin.site.unregister(User)
admin.site.unregister(Group)


class ProfileInline(ForAdministrators, admin.StackedInline):
    model = Profile
    autocomplete_fields = ("organisations",)
    can_delete = True
    extra = 1
    max_num = 1


@admin.register(User)
class PeopleAdmin(ForAdministrators, UserAdmin):
    """Role and organisations stand with the user; Django's own permissions are not used."""

    inlines = (ProfileInline,)
    list_display = ("username", "last_name", "first_name", "role", "is_active", "last_login")
    list_filter = ("profile__role", "is_active", "profile__organisations")
    list_select_related = ("profile",)
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("姓名"), {"fields": ("last_name", "first_name", "email")}),
        (_("状态"), {"fields": ("is_active", "is_superuser", "last_login", "date_joined")}),
    )

    @admin.display(description=_("角色"), ordering="profile__role")
    def role(self, user: User) -> str:
        profile = getattr(user, "profile", None)
        return profile.get_role_display() if profile else (_("管理员") if user.is_superuser else _("（没有角色）"))


@admin.register(Profile)
class ProfileAdmin(PlainAdmin):
    list_display = ("user", "role")
    list_filter = ("role", "organisations")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__first_name", "user__last_name", "organisations__name")
    autocomplete_fields = ("user", "organisations")
