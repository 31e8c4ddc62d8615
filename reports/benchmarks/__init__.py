"""Benchmarks of the monthly round; ``manage.py bench`` finds them beside those of the tracker."""
