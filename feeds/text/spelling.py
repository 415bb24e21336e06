"""Spellings of one text that readers take for the same, for where only letters can be compared.

Where both sides can be brought to their match form, that is better (see `normalise`).
"""

import re

_TONED = {"oa": "òóỏõọ àáảãạ", "oe": "òóỏõọ èéẻẽẹ", "uy": "ùúủũụ ỳýỷỹỵ"}
# Where the tone of a syllable's end was written once, and where it is by now: hòa, hoà.
_NEW = {
    first + pair[1]: pair[0] + second
    for pair, toned in _TONED.items()
    for first, second in zip(*toned.split(), strict=True)
}
_OLD = {new: old for old, new in _NEW.items()}
_AT_END = re.compile(rf"({'|'.join((*_NEW, *_OLD))})(?!\w)")


def spellings(text: str) -> tuple[str, ...]:
    """Write a lower-case, composed text as pages do: each places all tones alike, hòa or hoà.

    And some write ð (U+00F0) for all đ.
    """
    plain = text.replace("ð", "đ")
    new = _AT_END.sub(lambda pair: _NEW.get(pair[0], pair[0]), plain)
    old = _AT_END.sub(lambda pair: _OLD.get(pair[0], pair[0]), plain)
    return tuple(dict.fromkeys(way for one in (new, old) for way in (one, one.replace("đ", "ð"))))
