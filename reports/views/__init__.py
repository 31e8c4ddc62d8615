"""Pages of the monthly round, one module a subject. Every view names the action it needs through ``tracker.access.requires``."""
