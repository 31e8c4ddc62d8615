"""What an administrator has set: words, rules and other names, in the form that the core takes."""

from __future__ import annotations

from collections import defaultdict

from tracker.analysis.vocabulary import Vocabulary
from tracker.matching.names import Names
from tracker.matching.rules import Rules as CoreRules
from tracker.models import Alias, Organisation, Rules, Word


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
