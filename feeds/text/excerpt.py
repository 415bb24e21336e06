"""Excerpts: as much of a text as fits, cut where a reader would stop."""

import unicodedata

ELLIPSIS = "…"
# Marks that promise more after them, and may go without a loss of sense.
_DANGLING = ".,;:!?…-–—·|/\\([{<«“‘¿¡*'\"_"


def excerpt(text: str, limit: int = 300) -> str:
    """Cut a text to at most `limit` characters at the end of a word, with an ellipsis.

    A text that fits comes back unchanged. Where not even one word fits, only the ellipsis is
    left; below one character, nothing.
    """
    if len(text) <= limit:
        return text
    if limit < 1:
        return ""
    room = limit - len(ELLIPSIS)
    head = text[:room]
    if not text[room].isspace():
        head = head[: _last_space(head)]
    return _without_dangling(head) + ELLIPSIS


def _last_space(text: str) -> int:
    return next((at for at in range(len(text) - 1, -1, -1) if text[at].isspace()), 0)


def _without_dangling(text: str) -> str:
    """Strip what dangles; a word that ends in a mark with a meaning (5%, a bracket) goes whole."""
    text = text.rstrip().rstrip(_DANGLING).rstrip()
    while text and unicodedata.category(text[-1])[0] in "PZC":
        text = text[: _last_space(text)].rstrip().rstrip(_DANGLING).rstrip()
    return text
