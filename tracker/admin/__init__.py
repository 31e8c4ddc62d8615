"""The admin site: correcting data quickly, with history and reasons. One module a subject."""

from tracker.admin import documents, organisations, people, rules, statements

__all__ = ["documents", "organisations", "people", "rules", "statements"]
