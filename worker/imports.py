"""Imports of subscription lists: what is added, what is polled already, what can't be taken."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from config.editorial import Editorial, SourceSpec
from feeds.errors import Refused
from feeds.ingest.addresses import judge_url
from feeds.ingest.opml import Fault, Outline
from feeds.store.sources import SourceState
from feeds.text.normalise import slugify
from feeds.urls import canonicalise
from worker.checks import source_spec

_LONGEST_NAME = 60


@dataclass(frozen=True)
class Import:
    """What a list comes to: sources to add, names of those that are polled already, bad lines."""

    specs: tuple[SourceSpec, ...]
    kept: tuple[str, ...]
    faults: tuple[Fault, ...]


def plan(
    editorial: Editorial,
    outlines: Iterable[Outline],
    faults: Iterable[Fault],
    polled: Mapping[str, str],
    removed: Mapping[str, str],
    ports: frozenset[int],
) -> Import:
    """Decide what to add; `polled` maps addresses to names of the sources that there are.

    `removed` maps those of sources that were removed: they come back under their names. What would
    never be fetched, such as a port that is not one of `ports`, is named as a bad line.

    A source that is there is left as it is, and a name that is taken gets a number: a list from
    elsewhere changes nothing that an editor has chosen.
    """
    names = dict.fromkeys([*polled.values(), *removed.values()])
    by_url = {canonicalise(url): name for url, name in polled.items() if "://" in url}
    old = {canonicalise(url): name for url, name in removed.items()}
    specs: dict[str, SourceSpec] = {}
    kept: dict[str, None] = {}
    bad = list(faults)
    for outline in outlines:
        url = canonicalise(outline.url)
        if url in by_url:
            kept[by_url[url]] = None
            continue
        name = old.get(url) or _free(outline, names)
        try:
            judge_url(outline.url, ports)
            specs[name] = _spec(editorial, outline, name)
        except (Refused, ValueError) as exc:
            bad.append(Fault(outline.line, str(exc)))
        else:
            names[name] = None
            by_url[url] = name
    only_kept = tuple(sorted(set(kept) - set(specs)))
    return Import(tuple(specs.values()), only_kept, tuple(bad))


def addresses(listed: Iterable[SourceState]) -> dict[str, str]:
    """Map the addresses of sources, those they were given and those they have now, to names."""
    pairs = ((url, one) for one in listed for url in (one.declared_url, one.source.url))
    return {url: one.source.name for url, one in pairs if url}


def _spec(editorial: Editorial, outline: Outline, name: str) -> SourceSpec:
    """Make a source of a line; of the groups that it stands in, the innermost section counts."""
    slugs = {section.slug for section in editorial.sections}
    return source_spec(
        editorial,
        name=name,
        title=outline.title or name,
        url=outline.url,
        home=outline.home,
        section=next((one for one in reversed(outline.path) if one in slugs), None),
    )


def _free(outline: Outline, taken: Mapping[str, None]) -> str:
    """Name a source by its title, else by its address, with a number where that is taken."""
    made = slugify(outline.title or outline.url.partition("://")[2])
    made = made[:_LONGEST_NAME].strip("-") or "source"
    name, number = made, 2
    while name in taken:
        name, number = f"{made}-{number}", number + 1
    return name
