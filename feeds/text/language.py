"""The language of a text, told cheaply.

Theory: the language chooses names and blocks, so a wrong guess is worse than none; what the feed
says of itself (the hint) is believed unless the words clearly say otherwise. Vietnamese is told
by letters that no other language on the web uses together (ă đ ơ ư and U+1EA0 to U+1EF9: on
three of four syllables in newspapers), or, where a text was typed without tones, by syllables
that are no words of English; English by function words. Only the first 600 characters are read.
"""

import re
import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

READ = 600
_LETTERS = "ăđơưĂĐƠƯ" + "".join(map(chr, range(0x1EA0, 0x1EFA)))
_TONELESS = (
    "khong nhung nguoi duoc cua cung nhieu truoc theo thanh viet nay trong voi cac ngay dau "
    "mot hai tai tu nhat cong dong nuoc phai chinh thuong tren duoi khi vao"
)
_ENGLISH = (
    "the and of to that with was for from have this are has will his its said not their were "
    "been they which after about would who but by as it he she you your how what why into"
)
_TONELESS_WORDS, _ENGLISH_WORDS = frozenset(_TONELESS.split()), frozenset(_ENGLISH.split())
_VIETNAMESE_SHARE = 0.2  # of the words, at least, carry a Vietnamese letter
_ENGLISH_SHARE = 0.12
_TONELESS_SHARE = 0.15
_SUBTAG = re.compile("[a-z]{2,3}")


def guess(text: str, hint: str | None = None) -> str:
    """Name a text's language: "vi", "en", else the hint's primary subtag (RFC 5646), or "und"."""
    head = unicodedata.normalize("NFC", text[:READ])
    words = head.lower().split()
    letters = _count_letters(head)
    english = sum(map(_ENGLISH_WORDS.__contains__, words))
    if letters > max(_VIETNAMESE_SHARE * len(words), english):
        return "vi"
    if english > 1 and english >= _ENGLISH_SHARE * len(words):
        return "en"
    toneless = sum(map(_TONELESS_WORDS.__contains__, words))
    if toneless > 1 and toneless >= _TONELESS_SHARE * len(words):
        return "vi"
    return _primary(hint)


def _count_letters(text: str) -> int:
    """Count Vietnamese letters: in arrays, in half the time of a pattern."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    return int(np.count_nonzero(_letters().take(points, mode="clip")))


@cache
def _letters() -> NDArray[np.bool_]:
    """Tell of code points whether they are such letters; the last stands for all beyond."""
    table = np.zeros(ord(max(_LETTERS)) + 2, dtype=np.bool_)
    table[[ord(letter) for letter in _LETTERS]] = True
    return table


def _primary(hint: str | None) -> str:
    subtag = re.split("[-_]", (hint or "").strip().lower(), maxsplit=1)[0]
    return subtag if _SUBTAG.fullmatch(subtag) else "und"
