"""What filing needs to know of an article."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from feeds.text.reading import Reading, read, read_tokens
from feeds.text.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Subject:
    """An article as filing looks at it; `source_section` is its source's own section."""

    source_name: str
    source_section: str | None
    url: str
    title: str
    excerpt: str
    text: str
    categories: tuple[str, ...]


def read_all(subjects: Sequence[Subject], chars: int) -> Reading:
    """Read title, excerpt and text of each article in turn, of each text so many characters.

    Rules, topics and the learned model all look at the same syllables: they are read once.
    """
    return read(_parts(subjects, chars))


def tokens_of(subjects: Sequence[Subject], chars: int) -> Tokens:
    """Read the same for the tokens alone, which cost half as much."""
    return read_tokens(_parts(subjects, chars))


def _parts(subjects: Sequence[Subject], chars: int) -> list[str]:
    parts = ((one.title, one.excerpt, beginning(one.text, chars)) for one in subjects)
    return list(chain.from_iterable(parts))


def beginning(text: str, chars: int) -> str:
    """Cut a text to about so many characters, after a whole word where it has words."""
    if len(text) <= chars:
        return text
    return text[:chars].rpartition(" ")[0] or text[:chars]
