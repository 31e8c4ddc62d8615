"""The pages, one module a subject. Every view names the action it needs through ``tracker.access.requires``."""
