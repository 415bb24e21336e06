"""The benches: how fast, how well and how small, beside the peers on the same feeds.

In comes a seed (or folders of labelled data), out come figures with ratios.
A plain package, run from the repository's root: `python -m bench.origin`, `python -m bench.peers`.
Nothing of the product imports it.
"""
