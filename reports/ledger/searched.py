"""For a goal that nobody answered: which reports of the organisation were looked through, and until when."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date

from tracker.models import Result, Review

NAMED = 3


class Searches:
    """The dated documents in which each organisation reported, read once for a ledger."""

    def __init__(self, as_of: date) -> None:
        self.as_of = as_of
        self._reports: dict[int, list[tuple[date, str]]] = {}
        rows = Result.objects.exclude(review=Review.REJECTED).filter(document__published_on__lte=as_of)
        fields = ("organisation_id", "document__published_on", "document__title", "document__name")
        for organisation, day, title, name in rows.order_by(*fields).values_list(*fields).distinct():
            self._reports.setdefault(organisation, []).append((day, title or name))

    def describe(self, organisation: int, since: date | None) -> str:
        """查过该单位此后2份报告：《…》（2024-07-15）…，查到2024-10-31，均未回应该目标。"""
        reports = self._reports.get(organisation, [])
        later = reports[bisect_right(reports, (since, chr(0x10FFFF))) :] if since else reports
        if not later:
            return f"此后没有收到该单位的任何报告，查到{self.as_of}。"
        named = "、".join(f"《{title}》（{day}）" for day, title in later[-NAMED:])
        others = "等" if len(later) > NAMED else ""
        return f"查过该单位此后{len(later)}份报告：{named}{others}，查到{self.as_of}，均未回应该目标。"
