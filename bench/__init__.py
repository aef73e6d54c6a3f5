"""Measures the engine against what else could do its work. `python -m bench` runs all; see docs/benchmarks.md."""
