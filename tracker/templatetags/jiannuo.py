"""How values are written on pages: numbers with their unit, dates, percentages, lights with word and shape."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tracker.analysis.certainty import CERTAIN, weigh
from tracker.markup import address, fill
from tracker.models import Light, Origin, Review, Status
from tracker.reading import SOURCES
from tracker.retelling import tell_marked
from tracker.services.corrections.checks import EDITABLE

register = template.Library()

SHAPES = {
    Light.GREEN: "●",
    Light.YELLOW: "▲",
    Light.DARK_YELLOW: "▲",
    Light.RED: "■",
    Light.BLUE: "◇",
    Light.GREY: "○",
}
COMPARATORS = {"ge": "≥ ", "le": "≤ ", "approx": "≈ "}
# what each status means, for the help page and where a status stands
EXPLAINED = {
    Status.DONE: _("报告的数值已达到目标值；定性目标则由人核定为完成。超额照实显示，不封顶。"),
    Status.AHEAD: _("完成率高于序时进度，时限未到。"),
    Status.ON_TIME: _("完成率与序时进度相当，在规则允许的差值之内。"),
    Status.BEHIND: _("完成率低于序时进度，差值达到黄灯线。"),
    Status.AT_RISK: _("照目前的平均进度推算，到时限达不到目标。"),
    Status.OVERDUE: _("时限已过，没有达到目标的报告。"),
    Status.NOT_STARTED: _("时期已开始，还没有任何进展报告。"),
    Status.ADJUSTED: _("后来的文档改了目标值、时限或说法。原目标仍然保留。"),
    Status.NO_DATA: _("没有报告提到，或只用文字回应、没有给出数值。"),
}
# a status chip needs a colour also where no goal, and so no light, stands behind it
LIGHT_OF_STATUS = {
    Status.DONE: Light.GREEN,
    Status.AHEAD: Light.GREEN,
    Status.ON_TIME: Light.GREEN,
    Status.BEHIND: Light.YELLOW,
    Status.AT_RISK: Light.YELLOW,
    Status.OVERDUE: Light.RED,
    Status.NOT_STARTED: Light.GREY,
    Status.ADJUSTED: Light.BLUE,
    Status.NO_DATA: Light.GREY,
}


def write_number(value: Decimal | float | int | None) -> str:
    """The number without trailing zeros, thousands grouped: 12,345.6; an empty string for None."""
    if value is None:
        return ""
    text = f"{Decimal(str(value)):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def write_percent(share: Decimal | float | None, digits: int = 1) -> str:
    """A share of 1 as a percentage: 0.4408 gives 44.1%; an empty string for None."""
    return "" if share is None else f"{float(share) * 100:.{digits}f}%"


@register.filter
def number(value: Any) -> str:
    return write_number(value)


@register.filter
def percent(share: Any) -> str:
    return write_percent(share)


@register.filter
def points(gap: Any) -> str:
    """A difference in percentage points with its sign, a true minus sign, one digit."""
    return "" if gap is None else f"{float(gap):+.1f}".replace("-", "−")


@register.filter
def width(share: Any) -> str:
    """A share of 1 as a CSS width, cut at the bar's ends."""
    return f"{max(0.0, min(1.0, float(share or 0))) * 100:.1f}%"


@register.filter
def quantity(record: Any) -> SafeString | str:
    """The value of a goal or result with comparator and unit: ≥ 50 个; 5–6 家."""
    if record is None or record.value is None:
        return "" if record is None else gettext("定性")
    amount = COMPARATORS.get(record.comparator, "") + write_number(record.value)
    if record.value_max is not None:
        amount += "–" + write_number(record.value_max)
    return fill('{} <span class="unit">{}</span>', amount, record.unit) if record.unit else amount


@register.filter
def plain_quantity(record: Any) -> str:
    """As ``quantity``, without markup."""
    if record is None or record.value is None:
        return "" if record is None else gettext("定性")
    amount = COMPARATORS.get(record.comparator, "") + write_number(record.value)
    if record.value_max is not None:
        amount += "–" + write_number(record.value_max)
    return f"{amount} {record.unit}".strip()


@register.filter
def long_day(day: date | None) -> str:
    """2021年10月31日, as dates stand in text."""
    if not isinstance(day, date):
        return ""
    return gettext("%(year)d年%(month)d月%(day)d日") % {"year": day.year, "month": day.month, "day": day.day}


@register.filter
def day(value: Any) -> str:
    """2021-10-31, as dates stand in tables."""
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else ""


@register.filter
def days_left(deadline: date | None, as_of: date) -> str:
    """How far the deadline is from the as-of date, in words."""
    if not isinstance(deadline, date):
        return ""
    days = (deadline - as_of).days
    if days < 0:
        return ngettext("过期%(days)d天", "过期%(days)d天", -days) % {"days": -days}
    return gettext("今天到期") if days == 0 else ngettext("还有%(days)d天", "还有%(days)d天", days) % {"days": days}


@register.filter
def tr(label: Any) -> str:
    """The label of a choice in the reader's language; labels stand in Chinese in the models."""
    return gettext(str(label)) if label else ""


@register.filter
def told(sentence: Any) -> SafeString:
    """A sentence that is stored in Chinese, in the reader's language."""
    return tell_marked(str(sentence or ""))


@register.filter
def shape(light: str) -> str:
    return SHAPES.get(light, "○")


@register.filter
def light_of(status: str) -> str:
    return LIGHT_OF_STATUS.get(status, Light.GREY)


@register.filter
def word_of(status: str) -> str:
    """The word of a status in the reader's language."""
    return gettext(Status(status).label) if status else ""


@register.simple_tag
def status_light(status: str, light: str = "", short: bool = False) -> SafeString:
    """A status with its colour, shape and word. Without a light the status gives the colour."""
    return _status_light(status, light, short, get_language())


@lru_cache(maxsize=1024)
def _status_light(status: str, light: str, short: bool, _language: str | None) -> SafeString:
    """There are few of them, and many on a page: each is written once."""
    if not status:
        return SafeString('<span class="muted">—</span>')
    word = gettext(Status(status).label)
    shown = light or LIGHT_OF_STATUS.get(Status(status), Light.GREY)
    return fill(
        '<span class="status light-{}" title="{}"><span class="shape" aria-hidden="true">{}</span>{}</span>',
        shown,
        EXPLAINED.get(Status(status), ""),
        SHAPES.get(Light(shown), "○"),
        word.split("（")[0] if short else word,
    )


@register.simple_tag
def stack(standing: Any) -> SafeString:
    """An organisation's goals as a bar of five parts, told in words as well."""
    parts = [(key, part_word(key), n, size) for key, n, size in standing.shares]
    said = gettext("，").join(f"{word} {n}" for _key, word, n, _size in parts)
    bars = [fill('<i class="s-{}" style="width:{}" title="{} {}"></i>', key, size, word, n) for key, word, n, size in parts]
    whole = '<span class="stack" role="img" aria-label="{}{}{}">{}</span>'
    return fill(whole, standing.name, gettext("："), said, SafeString("".join(bars)))


@register.simple_tag(name="address")
def address_of(name: str, pk: int) -> str:
    """As ``url`` for a page that takes one number; quick enough for every row of a list."""
    return address(name, pk)


@register.filter
def get(mapping: Any, key: Any) -> Any:
    return mapping.get(key)


@register.filter
def who(user: Any) -> str:
    """A user's full name, the family name first, or the login name."""
    return "" if user is None else (f"{user.last_name}{user.first_name}" or user.get_username())


@register.filter
def part_word(key: str) -> str:
    """The word for a part of an organisation's bar."""
    words = {"done": "已完成", "ontime": "达到序时", "behind": "滞后或有风险", "overdue": "逾期", "none": "无数据"}
    return gettext(words[key])


@register.filter
def kind_of(record: Any) -> str:
    """goal or result: what addresses and classes call the record."""
    return record._meta.model_name


@register.filter
def light_word(light: str) -> str:
    """The word of a light in the reader's language."""
    return gettext(Light(light).label)


@register.filter
def short_word(word: str) -> str:
    """A status word without its bracket."""
    return word.split("（")[0].split(" (")[0]


@register.filter
def words(text: str) -> list[str]:
    return text.split()


@register.filter
def source_word(source: str) -> str:
    """Where a fact about a document was learnt, in words."""
    words = SOURCES | {"person": "人工填写"}
    return gettext(words.get(source, source)) if source else ""


@register.filter
def sure(score: float | None) -> str:
    """A score as pages show it: 0.97."""
    return "" if score is None else f"{score:.2f}"


@register.filter
def is_doubtful(score: float | None) -> bool:
    """Whether a record of this score is worth a second look."""
    return score is not None and score < CERTAIN**2


@register.filter
def weighed(record: Any) -> list[tuple[str, float | None]]:
    """Why the machine made a record: each reason, with the share measured for its rule where that is less than certain."""
    if record.origin != Origin.MACHINE:
        return [(reason, None) for reason in record.reasons]
    return [(reason, share if share < CERTAIN else None) for reason, share in weigh(record.reasons, record.quote)]


@register.filter
def machine_values(record: Any) -> list[tuple[str, str]]:
    """What the machine had read before a person corrected it: the fields that people edit, by name and in words."""
    shown = []
    for name, value in record.machine.items():
        if name in EDITABLE and value not in (None, "") and name not in {"start", "end", "quote"}:
            field = record._meta.get_field(name)
            words = dict(field.flatchoices)
            shown.append((tr(field.verbose_name), tr(words[value]) if value in words else str(value)))
    return shown


@register.filter
def waits_with_score(record: Any) -> bool:
    """Whether to show how sure the machine is: once a person has looked at the record it does not matter."""
    return record.review == Review.UNREVIEWED and record.score is not None


@register.filter
def percent_of(share: float | None) -> str:
    """A measured share with one digit, a dash for one that was not measured."""
    return "—" if share is None else write_percent(share)


@register.filter
def why_worse(row: Any) -> str:
    """Why the light changed, in words."""
    if row.status == Status.OVERDUE:
        return gettext("时限已过，没有达到目标的报告")
    if row.gap is not None and row.completion is not None:
        return gettext("完成率 %(done)s，比序时进度 %(gap)s 个百分点") % {
            "done": write_percent(row.completion),
            "gap": points(row.gap),
        }
    return row.arithmetic[:80]
