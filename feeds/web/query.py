"""What a reader typed into the search: words, phrases in quotes, words that must not be there.

Theory: no query is an error. What can't be understood is left out, and what is left is searched.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

from feeds.text.normalise import fold, match_form, without_forbidden

LONGEST = 200  # characters
MOST_WORDS = 24
_PARTS = re.compile(r'(-?)(?:["“”„«»]([^"“”„«»]*)["“”„«»]?|([^\s"“”„«»]+))')
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it was typed, and as it is searched.

    `wanted` is what `feeds.store.search.find` takes, empty when there is nothing to look for;
    `exact` are the words with their diacritics, empty where they have none. `words` are folded.
    """

    typed: str
    wanted: str
    exact: str
    words: frozenset[str]


def parse_query(text: str) -> Query:
    """Understand what was typed; the first of it, when it is longer than any search."""
    typed = " ".join(without_forbidden(unicodedata.normalize("NFC", text))[:LONGEST].split())
    wanted: list[str] = []
    unwanted: list[str] = []
    plain: list[str] = []
    for minus, phrase, word in _PARTS.findall(typed):
        folded = fold(phrase or word).split()[: MOST_WORDS - len(wanted) - len(unwanted)]
        if not folded:
            continue
        (unwanted if minus else wanted).append(_part(folded, bool(phrase)))
        if not minus:
            plain.append(phrase or word)
    words = frozenset(word for part in wanted for word in part.replace('"', " ").split())
    said = " ".join(plain)
    has_marks = match_form(said) != fold(said)
    exact = said.lower() if has_marks else ""
    query = " ".join([*wanted, *(f"-{part}" for part in unwanted)]) if wanted else ""
    return Query(typed, query, exact, words)


def _part(words: list[str], is_phrase: bool) -> str:
    """Write words that belong together; what a hyphen or a dot joins is a phrase, too.

    A lone "or" would be read as an operator.
    """
    return f'"{" ".join(words)}"' if is_phrase or len(words) > 1 or words[0] == "or" else words[0]


def marked(text: str, words: frozenset[str]) -> Markup:
    """Escape a text, and mark the words in it that were looked for."""
    shown: list[str] = []
    end = 0
    for match in _WORD.finditer(text):
        if folded(match[0]) in words:
            shown += [escape(text[end : match.start()]), Markup("<mark>"), escape(match[0])]
            shown.append(Markup("</mark>"))
            end = match.end()
    return (
        Markup("").join([*shown, escape(text[end:])]).replace(Markup("</mark> <mark>"), Markup(" "))
    )


@lru_cache(maxsize=8192)  # news repeats its words
def folded(word: str) -> str:
    """Fold one word."""
    return fold(word)
