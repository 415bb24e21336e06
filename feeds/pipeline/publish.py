"""Publish: each touched feed is selected, rendered, and stored if its bytes differ."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from feeds.pipeline.desk import Desk
from feeds.publish.atom import render_atom
from feeds.publish.document import FeedHead, document
from feeds.publish.etag import etag
from feeds.publish.jsonfeed import render_json
from feeds.publish.rss import render_rss
from feeds.store import articles, deliveries, feeds, listing, work

RENDER = {"rss": render_rss, "atom": render_atom, "json": render_json}


def publish(desk: Desk, claimed: work.Claim) -> int:
    """Rebuild the claimed feeds; returns how many changed."""
    now = desk.clock()
    with desk.engine.begin() as connection:
        changed = rebuild(desk, connection, claimed.keys, now)
        work.finish(connection, claimed)
    return changed


def rebuild(desk: Desk, connection: sa.Connection, keys: Sequence[str], now: datetime) -> int:
    """Render feeds and store those whose bytes differ; returns how many."""
    ids = listing.newest_of(connection, keys, desk.settings.feed_items, desk.descendants)
    found = articles.load(connection, {one for chosen in ids.values() for one in chosen})
    before = feeds.emitted(connection, keys)
    old = feeds.etags(connection, keys)
    titles = listing.names(connection, keys)
    changed = []
    for key in keys:
        chosen = [found[one] for one in ids[key] if one in found]
        floor = before[key].updated_at if key in before else None
        made = document(head(desk, key, titles), chosen, floor)
        files = {name: _tagged(render(made)) for name, render in RENDER.items()}
        if any(old.get((key, name)) != tag for name, (tag, _) in files.items()):
            shown = tuple(one.id for one in chosen)
            changed.append(feeds.Built(key, made.head.title, shown, made.updated, files))
    feeds.store(connection, changed, now)
    deliveries.mark(connection, [one.key for one in changed], now, bool(desk.settings.hubs))
    # Also where no byte differs: the build before may have passed over a row that was held.
    feeds.fix(connection, found, now)
    return len(changed)


def _tagged(body: bytes) -> tuple[str, bytes]:
    return etag(body), body


def head(desk: Desk, key: str, titles: Mapping[str, str]) -> FeedHead:
    """Say what a feed says about itself; `titles` names authors and sources by key."""
    site = desk.editorial.site
    base = desk.settings.public_url
    name = _name(desk, key, titles)
    return FeedHead(
        key=key,
        title=site.title if key == "all" else f"{name} – {site.title}",
        description=site.description if key == "all" else f"{name}. {site.description}",
        page_url=f"{base}/" if key == "all" else f"{base}/{key}",
        base_url=base,
        language=site.languages[0],
        tag_authority=desk.settings.tag_authority,
        labels=_labels(desk),
        hub_urls=desk.settings.hub_urls,
    )


def _name(desk: Desk, key: str, titles: Mapping[str, str]) -> str:
    prefix, _, slug = key.partition("/")
    own = {"section": _sections(desk), "topic": desk.topic_names}.get(prefix, {})
    return own.get(slug) or titles.get(key) or key


def _labels(desk: Desk) -> Mapping[str, str]:
    return {**desk.topic_names, **_sections(desk)}


def _sections(desk: Desk) -> Mapping[str, str]:
    language = desk.editorial.site.languages[0]
    return {one.slug: one.name(language) for one in desk.editorial.sections}
