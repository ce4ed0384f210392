"""Benchmarks, run by hand: `python -m tests.benchmarks.<name>`. Each prints ratios within one run, with both floors."""
