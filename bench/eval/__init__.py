"""How good the product is, as against how fast: `python -m bench.eval NAME`.

Each evaluation runs the product's own functions on data or a simulated world, prints what it found,
and with `--json` the same as one JSON object.
"""
