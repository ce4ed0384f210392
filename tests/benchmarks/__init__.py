"""Benchmarks, run by hand: `python -m tests.benchmarks.<name>`. Each prints ratios in one run, and its floors."""
