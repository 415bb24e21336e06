"""Figures of quality: the product's own functions against what others expect of such functions.

Comes in: folders with suites and data, beside the checkout or named. Goes out: tables, or JSON.
"""
