"""The synthetic load is what it says it is, and the same every time."""
from datetime import date

import pytest

from tracker.models import Document, Goal, GoalStatus, Link, Organisation, Result, StatusDay
from tracker.services.load import make_load


@pytest.mark.django_db
def test_numbers_quotes_and_sameness():
    load = make_load(450, 900, as_of=date(2025, 6, 30), seed=8)
    assert (Goal.objects.count(), Result.objects.count(), GoalStatus.objects.count()) == (450, 900, 900)
    assert Organisation.objects.count() == load.organisations == 10
    assert Document.objects.count() == load.documents == 8
    assert 0 < Link.objects.count() == load.links < 900
    for goal in Goal.objects.select_related("document")[:50]:
        assert goal.document.content[goal.start : goal.end] == goal.quote
    assert sum(StatusDay.objects.get(as_of=date(2025, 6, 30)).counts.values()) == 450
    first = list(Goal.objects.order_by("pk").values_list("quote", flat=True))
    Document.objects.all().delete()
    make_load(450, 900, as_of=date(2025, 6, 30), seed=8)
    assert list(Goal.objects.order_by("pk").values_list("quote", flat=True)) == first
