"""JSON as publishers write it: what breaks it most often is half a character.

A text that was cut within an emoji ends with one half of a surrogate pair, which is no character
(RFC 8259 §8.2), and parsers refuse the whole document for it.
"""

import re
from typing import Any

import orjson

# Escapes are read one after the other, so that in `\\ud800` the first guards the second.
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(u[dD][89a-fA-F][\da-fA-F]{2})|.)",
    re.DOTALL,
)


def load_json(text: str) -> Any:
    """Parse JSON, halves of characters read as U+FFFD; raises `orjson.JSONDecodeError`."""
    try:
        return orjson.loads(text.encode("utf-8", "ignore"))
    except orjson.JSONDecodeError:
        whole = _ESCAPE.sub(lambda found: "\ufffd" if found[1] else found[0], text)
        if whole == text:
            raise
    return orjson.loads(whole.encode("utf-8", "ignore"))
