"""The workbook that a department fills in: written, read back, and compared cell by cell."""
