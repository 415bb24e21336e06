"""People and categories as both readers of XML feeds name them."""

from collections.abc import Iterable, Sequence

from feeds.foreign import Category, Person


def names_of(named: Iterable[Person | Category]) -> tuple[str, ...]:
    """List the names, each once; a category without a term is named by its label."""
    names = (each.name if isinstance(each, Person) else each.term or each.label for each in named)
    return tuple(dict.fromkeys(filter(None, names)))


def nearest(levels: Sequence[tuple[Person, ...]]) -> tuple[Person, ...]:
    """Choose the first level that names anybody, else the first that gives an address at least."""
    named = (people for people in levels if any(each.name for each in people))
    return next(named, None) or next(filter(None, levels), ())


def people_of(people: Iterable[Person]) -> tuple[Person, ...]:
    """List those who can be named or reached, each once."""
    return tuple(dict.fromkeys(each for each in people if each.name or each.email))


def terms_of(terms: Iterable[Category]) -> tuple[Category, ...]:
    """List the categories that say anything, each once."""
    return tuple(dict.fromkeys(each for each in terms if each.term or each.label))
