"""The ledger (台账) workbook: ``write_ledger`` for the state of a date, ``write_workbook`` for any frozen set of rows."""

from .workbook import ledger_name, write_ledger, write_workbook

__all__ = ["ledger_name", "write_ledger", "write_workbook"]
