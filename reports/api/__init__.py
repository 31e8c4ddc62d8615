"""The read interface for other systems of the office: JSON, keys, documented fields."""
