"""Evaluation: how well the product does on data that others made, beside their own tools.

Comes in: folders of data (they are not in the package). Goes out: a table, or JSON with `--json`.
One module for each subject; `python -m bench.eval` runs them by name.
"""
