"""Files that the reading tests read, made here: one article in every format, and files that are broken in every way."""
