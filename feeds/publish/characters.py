"""Keep out what XML 1.0 can't carry: control characters, lone surrogates, U+FFFE and U+FFFF (§2.2).

One of them in a title makes feedgen fail while it serialises, and takes the whole feed down.
"""

import re

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def xml_safe(text: str) -> str:
    """Drop the characters that no XML 1.0 document may hold, and keep all others as they are."""
    return _FORBIDDEN.sub("", text)
