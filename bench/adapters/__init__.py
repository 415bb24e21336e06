"""The product's own functions in the forms that evaluation tools call, and nothing else.

Tools name them as `bench.adapters:parse`; ../shared/conformance/README.md says which form each has.
"""

from bench.adapters.addresses import canonical, discover, is_allowed
from bench.adapters.documents import parse, sanitise
from bench.adapters.pages import extract

__all__ = ["canonical", "discover", "extract", "is_allowed", "parse", "sanitise"]
