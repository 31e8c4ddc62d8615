"""A changed rule or word takes effect on what is stored already."""

from __future__ import annotations

from collections.abc import Iterator

from kombu.exceptions import OperationalError

from tracker.analysis.indicators import indicator_key
from tracker.analysis.vocabulary import Vocabulary
from tracker.celery import app
from tracker.models import Goal, Result
from tracker.services import linking, progress, wording
from tracker.services.pacing import in_steps

AT_ONCE = 5000  # records that are gone through while the person waits; more are left to a worker


def apply_rules() -> None:
    """Lights and the threshold of links are worked out again."""
    linking.settle_links()
    progress.refresh_all()


def apply_words() -> None:
    """Indicators get their normal form by the new word list, and what meets now is linked: at once, or by a worker."""
    if Goal.objects.count() + Result.objects.count() <= AT_ONCE:
        rewrite_keys()
        return
    try:
        app.send_task("tracker.tasks.apply_words")
    except (OperationalError, OSError):
        rewrite_keys()


def rewrite_keys() -> int:
    """Give every record the normal form of its indicator. Returns how many changed; their bodies are matched again."""
    vocabulary = wording.vocabulary()
    touched: set[int] = set()
    count = 0
    for model in (Goal, Result):
        changed = list(_changed(model, vocabulary))
        for rows in in_steps(changed):
            model.objects.bulk_update(rows, ["indicator_key"])
        touched.update(row.organisation_id for row in changed)
        count += len(changed)
    linking.relink(touched)
    return count


def _changed(model: type[Goal] | type[Result], vocabulary: Vocabulary) -> Iterator[Goal | Result]:
    for row in model.objects.only("pk", "indicator", "indicator_key", "organisation_id").order_by("pk").iterator():
        key = indicator_key(row.indicator, vocabulary)[:200]
        if key != row.indicator_key:
            row.indicator_key = key
            yield row
