"""One form of a text for people, and one for comparing.

Theory: two spellings of one word that stay different cost a missed duplicate; two words made
equal cost a false merge, which is worse. So only what readers take for the same word is united:
composition and case; the two placements of a Vietnamese tone (hòa and hoà); the letters that look
like Đ (pages typed in old fonts carry U+00D0); punctuation; the digits of all scripts, and the
zero in 08/11 (`dates`); a leading dateline, which names who sent the news and not what it says.
Tones, vowels and numbers stay. Text for display keeps the publisher's wording.

Match forms are computed on arrays of code points, because that is six times faster than a
regular expression over 400 words.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from feeds.text.dateline import without_dateline
from feeds.text.dates import zeros_of_dates

Codes = NDArray[np.uint32]

SLUG_LENGTH = 80
SPACE = 32
GLUE = "-&.'’"  # what stands within one word, as in LĐ-TB&XH
_BMP = 0x10000
_EVEN = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xAC00, 0xD7A4))
_CODE = np.uint32(0x1FFFFF)  # the bits of a code point; above them stand the table's marks
_TONE = 24  # a toned o or u carries its number (1 to 10) from this bit on
_RARE = 1 << 31  # the character needs the long way: see `_long_way`

# What no text may carry: controls other than white space, lone surrogates and U+FFFE, U+FFFF
# (XML 1.0 §2.2), the other noncharacters (Unicode 23.7), embeddings, overrides and isolates of
# direction, which make a title read backwards, and marks without width that no one can see.
_CONTROLS = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff"
    "\ud800-\udfff\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff"
)
_FORBIDDEN = re.compile(f"[{_CONTROLS}]")
# A class of its own, because one range beyond the BMP makes the class above ten times slower.
_FORBIDDEN_ASTRAL = re.compile(
    "["
    + "".join(chr(plane << 16 | low) for plane in range(1, 17) for low in (0xFFFE, 0xFFFF))
    + "]"
)
_ASCII_CONTROLS = bytes([*range(9), *range(14, 32), 127])
# UTF-8 of what is forbidden beyond ASCII: a part that is searched fast, and the whole.
_FORBIDDEN_BYTES = tuple(
    (lead, re.compile(whole))
    for lead, whole in (
        (b"\xc2", b"\xc2[\x80-\x84\x86-\x9f]"),
        (b"\xe2\x80", b"\xe2\x80[\x8b\xaa-\xae]"),
        (b"\xe2\x81", b"\xe2\x81[\xa0\xa6-\xa9]"),
        (b"\xef", b"\xef(?:\xb7[\x90-\xaf]|\xbb\xbf|\xbf[\xb9-\xbb])"),
        (b"\xbf", b"\xbf[\xbe\xbf]"),
    )
)
# Dropped for comparing besides: soft hyphens, joiners, direction marks, variation selectors.
_INVISIBLE = re.compile("[\u00ad\u034f\u200c-\u200f\u2061-\u2065\u206a-\u206f\ufe00-\ufe0f]")
_NOT_SLUG = re.compile("[^a-z0-9]+")

_TONED_O, _TONED_U = "òóỏõọ", "ùúủũụ"
_TONED_NEXT = {"a": "àáảãạ", "e": "èéẻẽẹ", "y": "ỳýỷỹỵ"}
_LIKE_D = {"ð": "đ", "Ð": "đ", "ɖ": "đ", "Ɖ": "đ"}
_BARE = {"đ": "d", "ø": "o", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i"}


def without_forbidden(text: str) -> str:
    """Drop the characters that no text of ours may carry; white space stays as it is."""
    if _is_allowed(text):
        return text
    text = _FORBIDDEN.sub("", text)
    return _FORBIDDEN_ASTRAL.sub("", text) if _has_astral(text) else text


def _is_allowed(text: str) -> bool:
    """Tell cheaply that nothing is forbidden, by the bytes that what is forbidden begins with."""
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        return False
    if len(raw.translate(None, _ASCII_CONTROLS)) != len(raw):
        return False
    if len(raw) == len(text):
        return True
    return not any(lead in raw and rest.search(raw) for lead, rest in _FORBIDDEN_BYTES)


def display(text: str) -> str:
    """Clean a text for people: NFC, single spaces, nothing unprintable, the wording untouched."""
    # What is printable has no controls, nothing unseen, and no white space but spaces.
    if text.isprintable() and "  " not in text:
        return unicodedata.normalize("NFC", text).strip(" ")
    return " ".join(unicodedata.normalize("NFC", without_forbidden(text)).split())


def match_form(text: str) -> str:
    """Bring a text to the form in which texts are compared; idempotent."""
    return _joined(match_codes(text))


def match_forms(texts: Sequence[str]) -> list[str]:
    """Bring many texts to match form, for a third of what each alone would cost."""
    plain = [as_written(text) for text in texts]
    codes = look_up(_code_points(" ".join([*plain, ""])))
    place_tones(codes)
    ends = np.cumsum([len(text) + 1 for text in plain])
    letters = codes.tobytes().decode("utf-32-le")
    return [
        " ".join(filter(None, letters[end - len(text) - 1 : end].split(" ")))
        for text, end in zip(plain, ends.tolist(), strict=True)
    ]


def syllables(text: str) -> list[str]:
    """List the tokens of a text's match form; in Vietnamese these are syllables."""
    return match_form(text).split()


def fold(text: str) -> str:
    """Give the match form without diacritics, so that a search needs none."""
    codes = match_codes(text)
    bare = np.where(codes < _BMP, _bare_table().take(codes, mode="clip"), codes)
    return _joined(bare[bare != 0])


@lru_cache(maxsize=4096)  # the same authors write every day
def slugify(text: str) -> str:
    """Write a text as at most 80 of [a-z0-9-]; a short hash where no such letter is left."""
    slug = _NOT_SLUG.sub("-", fold(text)).strip("-")
    if len(slug) > SLUG_LENGTH:
        head, _, cut = slug[: SLUG_LENGTH + 1].rpartition("-")
        slug = head or cut[:SLUG_LENGTH]
    return slug or blake2b(match_form(text).encode(), digest_size=5).hexdigest()


def match_codes(text: str) -> Codes:
    """Give the code points of a match form, with runs of spaces not yet collapsed."""
    codes = look_up(_code_points(as_written(text)))
    place_tones(codes)
    return codes


def as_written(text: str) -> str:
    """Bring a text to where each character stands for one of its match form; case stays.

    `look_up` then gives the match form's code points, but for the tones (`place_tones`).
    """
    text = nearly_as_written(text)
    return text if not is_rare(_code_points(text)).any() else _long_way(text)


def nearly_as_written(text: str) -> str:
    """Give what `as_written` gives, where no character of it `is_rare`."""
    return without_dateline(unicodedata.normalize("NFC", text))


def is_rare(points: Codes) -> NDArray[np.bool_]:
    """Tell which characters change a text so that it must be read as a whole."""
    rare: NDArray[np.bool_] = _match_table().take(points, mode="clip") >= _RARE
    return rare


def _long_way(text: str) -> str:
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", without_forbidden(text)))
    text = "".join(
        char if len(folded := char.casefold()) == 1 else folded for char in without_dateline(text)
    )
    return unicodedata.normalize("NFC", text)


def _folded(char: str) -> int:
    """Fold a character to one other; what folds to several, as some Greek, stays as it is."""
    if char.isdecimal():
        return ord(str(unicodedata.decimal(char)))
    folded = char.casefold()
    return ord(folded if len(folded) == 1 else char)


def look_up(points: Codes) -> Codes:
    """Fold code points of texts as `as_written` gives them; what parts words becomes a space."""
    codes = _match_table().take(points, mode="clip")
    for place in np.flatnonzero(codes >= _RARE):
        char = chr(points[place])
        codes[place] = _folded(char) if _is_word(char) else SPACE
    digits = (codes >= ord("0")) & (codes <= ord("9"))  # of any script by now
    codes[zeros_of_dates(np.where(digits, codes, points))] = SPACE
    return codes


def place_tones(codes: Codes) -> None:
    """Move the tone of oa, oe and uy to the second vowel, in place: hòa → hoà, thúy → thuý."""
    first = np.flatnonzero(codes > _CODE)
    tones = codes[first] >> _TONE
    codes[first] &= _CODE
    following = codes[np.minimum(first + 1, codes.size - 1)]
    target = _tone_targets()[tones, np.minimum(following, 127)]
    first, tones, target = first[target != 0], tones[target != 0], target[target != 0]
    codes[first] = np.where(tones <= len(_TONED_O), ord("o"), ord("u"))
    codes[first + 1] = target


def without_diacritics(codes: Codes) -> Codes:
    """Bare code points as `look_up` gives them, whatever their tones; a lone mark becomes 0."""
    plain = codes & _CODE
    bare: Codes = np.where(plain < _BMP, _bare_table().take(plain, mode="clip"), plain)
    return bare


def _joined(codes: Codes) -> str:
    keep = codes != SPACE
    keep[1:] |= keep[:-1]
    return str(codes[keep].tobytes(), "utf-32-le").strip(" ")


def _code_points(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _has_astral(text: str) -> bool:
    return len(text.encode("utf-16-le", "surrogatepass")) > 2 * len(text)


def _is_word(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char) in ("Mn", "Mc")


@cache
def _match_table() -> Codes:
    """Map each code point to its folded letter, what parts words to a space; with the marks."""
    table = np.arange(_BMP, dtype=np.uint32)
    for code in uneven():
        table[code] = _looked_up(chr(code))
    everything = "".join(map(chr, range(_BMP)))
    for found in (*_FORBIDDEN.finditer(everything), *_INVISIBLE.finditer(everything)):
        table[found.start()] = _RARE
    for number, char in enumerate(_TONED_O + _TONED_U, start=1):
        for form in (char, char.upper()):
            table[ord(form)] = ord(char) | number << _TONE
    return table


def uneven() -> list[int]:
    """List the code points that have to be looked at one by one.

    The others are ideographs and syllables (Han, Hangul), letters without case or decomposition,
    which make up more than half of the Basic Multilingual Plane.
    """
    ends = [0, *chain.from_iterable(_EVEN), _BMP]
    return [
        code for start, end in zip(ends[::2], ends[1::2], strict=True) for code in range(start, end)
    ]


def _looked_up(char: str) -> int:
    form = _LIKE_D.get(char) or char.casefold()
    kind = unicodedata.category(char)
    if len(form) > 1 or kind[0] == "M":
        return _RARE
    if kind == "Nd":
        return _folded(char)
    return ord(form) if char.isalnum() else SPACE


@cache
def _bare_table() -> Codes:
    """Map each code point to its letter without diacritics (U+0300 to U+036F); 0 drops a mark."""
    table = np.arange(_BMP, dtype=np.uint32)
    table[0x300:0x370] = 0
    for code in range(0x80, 0x2000):
        parts = unicodedata.normalize("NFD", chr(code))
        if len(parts) > 1 and all("\u0300" <= mark < "\u0370" for mark in parts[1:]):
            table[code] = ord(parts[0])
    for letter, bare in _BARE.items():
        table[ord(letter)] = ord(bare)
    return table


@cache
def _tone_targets() -> Codes:
    """Give, by tone number and following ASCII letter, the letter that takes the tone, or 0."""
    table = np.zeros((11, 128), dtype=np.uint32)
    for start, nexts in ((1, "ae"), (6, "y")):
        for letter in nexts:
            table[start : start + 5, ord(letter)] = [ord(char) for char in _TONED_NEXT[letter]]
    return table
