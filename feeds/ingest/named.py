"""People and categories as both readers of XML feeds name them."""

from collections.abc import Collection, Iterable, Sequence

from feeds.foreign import Category, Person


def names_of(named: Collection[Person] | Collection[Category]) -> tuple[str, ...]:
    """List the names, each once; a category without a term is named by its label."""
    if not named:
        return ()
    names = [each.name if isinstance(each, Person) else each.term or each.label for each in named]
    return (*filter(None, names),) if len(names) == 1 else (*dict.fromkeys(filter(None, names)),)


def nearest(levels: Sequence[tuple[Person, ...]]) -> tuple[Person, ...]:
    """Choose the first level that names anybody, else the first that gives an address at least."""
    for people in levels:
        if any(each.name for each in people):
            return people
    return next(filter(None, levels), ())


def people_of(people: Iterable[Person]) -> tuple[Person, ...]:
    """List those who can be named or reached, each once."""
    if not people:
        return ()
    named = [each for each in people if each.name or each.email]
    return tuple(named) if len(named) < 2 else tuple(dict.fromkeys(named))


def terms_of(terms: Iterable[Category]) -> tuple[Category, ...]:
    """List the categories that say anything, each once."""
    if not terms:
        return ()
    said = [each for each in terms if each.term or each.label]
    # Most differ in what costs less to compare than they do.
    if len(said) < 2 or len({each.term for each in said}) == len(said):
        return tuple(said)
    return tuple(dict.fromkeys(said))
