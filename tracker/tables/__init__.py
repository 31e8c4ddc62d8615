"""Tables of the list pages, one module a subject."""
