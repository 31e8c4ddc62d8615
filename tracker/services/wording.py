"""What an administrator has set: words, rules and other names, in the form that the core takes."""

from __future__ import annotations

import re
from collections import defaultdict

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tracker.analysis.vocabulary import Vocabulary
from tracker.matching.names import Names
from tracker.matching.rules import Rules as CoreRules
from tracker.models import Alias, Organisation, Rules, Word

# the lists that an administrator may extend, as the admin calls them
LISTS = {
    "units": _("计量单位"),
    "digit_units": _("计量单位（只跟在阿拉伯数字后面）"),
    "synonyms": _("指标同义词"),
    "metric_heads": _("指标中心词：量（收入、吞吐量）"),
    "entity_heads": _("指标中心词：物（企业、实验室）"),
    "generic_heads": _("指标中心词：不说明是谁的（总量、规模）"),
    "owner_heads": _("单位之后的中心词（资产总额）"),
    "kept_verbs": _("属于指标的动词（新增、净增）"),
    "openers": _("指标之前略去的词（正则表达式）"),
    "predicates": _("指标之后略去的词（正则表达式）"),
}
PATTERNS = ("openers", "predicates")


def check_word(kind: str, text: str, meaning: str) -> None:
    """Refuse, with a sentence, what no list could take: it would be passed over, or stop all reading."""
    if kind not in LISTS:
        raise ValidationError({"kind": gettext("没有名为“%(kind)s”的词表。可用：%(lists)s。") % {"kind": kind, "lists": ", ".join(LISTS)}})
    if not text.strip() or (kind not in PATTERNS and len(text.split()) != 1):
        raise ValidationError({"text": gettext("一行只写一个词，中间不留空格。")})
    if kind == "synonyms" and len(meaning.split()) != 1:
        raise ValidationError({"meaning": gettext("同义词要写明归一为哪个词，如“地区生产总值”。")})
    if kind in PATTERNS:
        try:
            re.compile(text)
        except re.error as problem:
            raise ValidationError({"text": gettext("不是有效的正则表达式：%(problem)s。") % {"problem": problem}}) from problem


def vocabulary() -> Vocabulary:
    """The shipped word lists with the words of the database."""
    shipped = Vocabulary.default()
    words: dict[str, list[str]] = defaultdict(list)
    for word in Word.objects.all():
        if word.kind in Vocabulary.__dataclass_fields__:
            # a group of synonyms begins with its normal form
            words[word.kind].append(f"{word.meaning} {word.text}" if word.kind == "synonyms" else word.text)
    return shipped.extended(words) if words else shipped


def names() -> Names:
    """The shipped organisation names with the aliases and successors of the database."""
    others: dict[str, set[str]] = defaultdict(set)
    for canonical, alias in Alias.objects.values_list("organisation__name", "name"):
        others[canonical].add(alias)
    successors = Organisation.objects.filter(successor__isnull=False)
    for successor, earlier in successors.values_list("successor__name", "name"):
        others[successor].add(earlier)
    return Names.default().extended(others) if others else Names.default()


def rules() -> CoreRules:
    """The thresholds of lights."""
    row = Rules.objects.first()
    if row is None:
        return CoreRules()
    return CoreRules(
        yellow_from=row.yellow_from,
        dark_yellow_from=row.dark_yellow_from,
        red_from=row.red_from,
        due_soon_days=row.due_soon_days,
        approx_tolerance=row.approx_tolerance,
        silent_reports=row.silent_reports,
    )


def accept_from(shipped: float) -> float:
    """From which score on a link is accepted by rule."""
    row = Rules.objects.first()
    return shipped if row is None or row.accept_links_from is None else row.accept_links_from
