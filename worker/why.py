"""Why: all that was decided about an article, with the reasons."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from feeds.errors import NotFound
from feeds.model import TopicHit, parse_public_id, public_id
from feeds.pipeline.desk import Desk
from feeds.store import articles, feeds, ledger, links, listing, relations
from feeds.store.ledger import History
from feeds.urls import canonicalise, is_web, url_key


@dataclass(frozen=True)
class Related:
    """One relation of an article, with its reason."""

    article: str
    title: str
    kind: str
    score: float
    why: str


@dataclass(frozen=True)
class Explanation:
    """What became of an article or entry; empty where there is nothing to say."""

    article: str | None
    title: str = ""
    url: str = ""
    state: str = ""
    state_why: str = ""
    section: str | None = None
    section_why: str = ""
    topics: tuple[TopicHit, ...] = ()
    duplicate_of: str | None = None
    story: str | None = None
    entries: tuple[History, ...] = ()
    relations: tuple[Related, ...] = field(default=())
    feeds: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """Say it line by line, for a terminal."""
        if self.article:
            yield f"article   {self.article}  {self.title}"
            yield f"address   {self.url}"
            yield f"state     {self.state}{f': {self.state_why}' if self.state_why else ''}"
            yield f"section   {self.section or 'unsorted'}: {self.section_why}"
        for hit in self.topics:
            yield f"topic     {hit.slug} {hit.confidence:.2f}: {hit.why}"
        if self.duplicate_of:
            yield f"stands behind {self.duplicate_of}, which says the same and came first"
        if self.story:
            yield f"story     {self.story}"
        for entry in self.entries:
            ended = f"{entry.verdict} ({entry.why})"
            yield f"entry     {entry.at:%Y-%m-%d %H:%M:%S} {entry.source}: {ended} {entry.label}"
        for one in self.relations:
            yield f"{one.kind:<9} {one.article} {one.score:.2f} {one.title}: {one.why}"
        if self.feeds:
            yield f"feeds     {', '.join(self.feeds)}"


def explain(desk: Desk, what: str) -> Explanation:
    """Explain an article by its id or address, or an entry by its guid; raises `NotFound`."""
    with desk.engine.connect() as connection:
        article_id = parse_public_id(what)
        if article_id is None and is_web(what):
            article_id = articles.by_address(connection, url_key(canonicalise(what)))
        entries = ledger.of_label(connection, what)
        if article_id is None:
            article_id = next((one.article_id for one in entries if one.article_id), None)
        if article_id is None and is_web(what):
            return _of_link(desk, what, entries)
        standing = None if article_id is None else articles.standing(connection, article_id)
        if standing is None and not entries:
            raise NotFound(
                f"nothing is known of {what!r}: give an article's id or address, or an entry's guid"
            )
    return (
        Explanation(None, entries=tuple(entries))
        if standing is None
        else _of_article(desk, standing)
    )


def _of_link(desk: Desk, what: str, entries: list[History]) -> Explanation:
    with desk.engine.connect() as connection:
        found = links.find(connection, [canonicalise(what)])
    if not found and not entries:
        raise NotFound(f"nothing is known of {what!r}: no source listed it and nobody handed it in")
    link = found[0] if found else None
    return Explanation(
        None,
        url=what,
        state=link.status if link else "",
        state_why=(link.why or "") if link else "",
        entries=tuple(entries),
    )


def _of_article(desk: Desk, standing: articles.Standing) -> Explanation:
    with desk.engine.connect() as connection:
        found = articles.load(connection, [standing.id]).get(standing.id)
        entries = ledger.of_articles(connection, [standing.id])
        keys = sorted(listing.keys_of(connection, [standing.id], desk.ancestors))
        emitted = feeds.emitted(connection, keys)
        edges = [
            edge
            for kind in ("duplicate", "story", "topic")
            for edge in relations.edges_of(connection, standing.id, kind, 10)
        ]
        ends = {end for edge in edges for end in (edge.left, edge.right)} - {standing.id}
        others = articles.load(connection, ends)
    related = tuple(
        Related(public_id(end), others[end].title, edge.kind, round(edge.score, 3), edge.why)
        for edge in edges
        for end in (edge.left, edge.right)
        if end in others
    )
    return Explanation(
        article=public_id(standing.id),
        title=found.title if found else "",
        url=found.url if found else "",
        state=standing.state,
        state_why=standing.withdrawn_why,
        section=found.section if found else None,
        section_why=found.section_why if found else "",
        topics=found.topics if found else (),
        duplicate_of=_public(standing.duplicate_of),
        story=_public(standing.story_id),
        entries=tuple(entries),
        relations=related,
        feeds=tuple(key for key in keys if key in emitted and standing.id in emitted[key].item_ids),
    )


def _public(number: int | None) -> str | None:
    return None if number is None else public_id(number)
