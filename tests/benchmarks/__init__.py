"""Benchmarks: medians and ratios of things timed in turns in one run. `make bench` runs them."""
