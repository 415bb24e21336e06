"""Why: all that was decided about an article, with the reasons."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from feeds.errors import NotFound
from feeds.ingest.draft import plain_guid
from feeds.model import TopicHit, parse_public_id, public_id
from feeds.pipeline.desk import Desk
from feeds.store import articles, backlog, feeds, ledger, links, listing, relations, sources
from feeds.store.ledger import History
from feeds.urls import canonicalise, is_web, url_key
from worker.editors import decisions

_REPLAY = "`tinwire dead replay` tries it again"


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
    asked: str = ""
    decided: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """Say it line by line, for a terminal."""
        if self.asked:
            yield f"asked     {self.asked}: it leads to the article below"
        if not self.article and self.state:
            yield f"address   {self.url}"
            yield f"state     {self.state}{f': {self.state_why}' if self.state_why else ''}"
        if self.article:
            yield f"article   {self.article}  {self.title}"
            yield f"address   {self.url}"
            yield f"state     {self.state}{f': {self.state_why}' if self.state_why else ''}"
            yield f"section   {self.section or 'unsorted'}: {self.section_why}"
        for hit in self.topics:
            yield f"topic     {hit.slug} {hit.confidence:.2f}: {hit.why}"
        if self.duplicate_of:
            yield f"stands behind {self.duplicate_of}, which says the same"
        if self.story:
            yield f"story     {self.story}"
        for line in self.decided:
            yield f"decided   {line}"
        for entry in self.entries:
            ended = f"{entry.verdict} ({entry.why})"
            yield f"entry     {entry.at:%Y-%m-%d %H:%M:%S} {entry.source}: {ended} {entry.label}"
        for one in self.relations:
            yield f"{one.kind:<9} {one.article} {one.score:.2f} {one.title}: {one.why}"
        if self.feeds:
            yield f"feeds     {', '.join(self.feeds)}"


def explain(desk: Desk, what: str) -> Explanation:
    """Explain an article by its id or address, a source by its address, an entry by its guid.

    An address that we never heard of is explained, too; raises `NotFound` for any other text.
    """
    key = url_key(what) if is_web(what) else None
    with desk.engine.connect() as connection:
        article_id = parse_public_id(what)
        if article_id is None and key:
            article_id = articles.by_address(connection, key)
        entries = [
            *ledger.of_label(connection, plain_guid(what)),
            *(ledger.of_address(connection, key) if key else ()),
        ]
        if article_id is None:
            article_id = next((one.article_id for one in entries if one.article_id), None)
        link = next(iter(links.find(connection, _spellings(what))), None) if key else None
        if article_id is None and link is not None:
            article_id = link.article_id
        standing = None if article_id is None else articles.standing(connection, article_id)
    if standing is not None:
        return _asked_for(what, _of_article(desk, standing))
    if key:
        return _of_address(desk, what, tuple(entries), link)
    if not entries:
        raise NotFound(
            f"nothing is known of {what!r}: give an article's id or address, or an entry's guid"
        )
    return Explanation(None, entries=tuple(entries))


def _spellings(what: str) -> list[str]:
    """Write an address as it may have been handed in: by http or https."""
    url = canonicalise(what)
    return [url, f"{'http' if url.startswith('https') else 'https'}://{url.partition('://')[2]}"]


def _asked_for(what: str, found: Explanation) -> Explanation:
    """Say where an address led that is not the article's own."""
    if is_web(what) and found.url and url_key(what) != url_key(found.url):
        return replace(found, asked=canonicalise(what))
    return found


def _of_address(
    desk: Desk, what: str, entries: tuple[History, ...], link: links.Link | None
) -> Explanation:
    """Explain an address that no article has: a link, a source, or nothing that we know."""
    url = canonicalise(what)
    with desk.engine.connect() as connection:
        known = sources.listed(connection)
        given_up = link and backlog.given_up(connection, links.KIND, link.url)
    source = next((one for one in known if _is_polled_for(one, url_key(url))), None)
    if link is not None:
        state, why = link.status, link.why or link.doubt or ""
        if given_up:
            state, why = "given up", f"{given_up}; {_REPLAY}"
    elif entries:
        state, why = entries[-1].verdict, entries[-1].why
    elif source is not None:
        state = f"source {source.source.name}"
        why = f"{source.status}: {source.error}" if source.error else source.status
        if source.declared_url:
            why = f"{why}; it is polled at {source.source.url}"
        if source.given_up:
            why = f"given up: {source.given_up}; {_REPLAY}"
    else:
        state, why = "never seen", _never_seen(url, known)
    return Explanation(None, url=url, state=state, state_why=why, entries=entries)


def _is_polled_for(one: sources.SourceState, key: str) -> bool:
    """Tell whether a source was given an address, or has it now."""
    places = (one.source.url, one.declared_url or "")
    return any(is_web(place) and url_key(place) == key for place in places)


def _never_seen(url: str, known: Sequence[sources.SourceState]) -> str:
    """Say what could have brought an address, and how that went."""
    host = url_key(url).partition("/")[0]
    near = [
        f"{one.source.name} ({one.status})"
        for one in known
        if is_web(one.source.url) and url_key(one.source.url).partition("/")[0] == host
    ]
    of_host = f"; sources of {host}: {', '.join(near)}" if near else f"; no source is of {host}"
    return f"no source listed it and nobody handed it in{of_host}"


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
        decided = tuple(decisions(connection, standing.id))
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
        decided=decided,
        relations=related,
        feeds=tuple(key for key in keys if key in emitted and standing.id in emitted[key].item_ids),
    )


def _public(number: int | None) -> str | None:
    return None if number is None else public_id(number)
