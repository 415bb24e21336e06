"""What the configuration can get wrong, said in one line."""

import difflib
from collections.abc import Iterable


class ConfigError(Exception):
    """A setting or an editorial file is wrong; the message names file, key and the nearest name."""

    def __init__(self, message: str) -> None:
        super().__init__(message)


def nearest(wrong: str, right: Iterable[str]) -> str:
    """Phrase a hint such as ` (did you mean 'section'?)`, or nothing when no name is near."""
    close = difflib.get_close_matches(wrong, list(right), n=1, cutoff=0.6)
    return f" (did you mean {close[0]!r}?)" if close else ""
