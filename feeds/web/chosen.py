"""A choice among a feed's items, as a feed of its own: it names itself, and no hub and no archive.

Theory: a subscriber of a choice who is told twice of one story, or led to what the choice leaves
out, is worse off than one who is told late. So of a story the earliest telling stands for all, and
a later one changes nothing; and whoever follows the links of a choice stays within it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa

from config.editorial import Editorial
from config.settings import Settings
from feeds.publish.document import NEVER, FeedDocument, Tombstone, document
from feeds.publish.head import head_of
from feeds.publish.pieces import frame
from feeds.store import choosing, listing, taken
from feeds.store.choosing import Fact
from feeds.store.feeds import FeedFile
from feeds.web import cache
from feeds.web.choice import Choice
from feeds.web.drawn import only


def chosen(
    connection: sa.Connection,
    editorial: Editorial,
    settings: Settings,
    place: cache.Place,
    found: FeedFile,
    choice: Choice,
) -> FeedFile:
    """Draw what is chosen of a feed that was found at a place without its query."""
    facts = choosing.facts(connection, found.item_ids)
    wanted = choose(found.item_ids, facts, choice)
    whole = head_of(editorial, settings, place.key, listing.names(connection, [place.key]))
    head = replace(document(whole, ()).head, hub_urls=(), query=place.query)
    above = {one.slug: [it.slug for it in editorial.path(one.slug)] for one in editorial.sections}
    gone = taken.by_key(connection, [place.key], above).get(place.key, ())
    told = [facts[one].updated_at for one in found.item_ids if one in wanted]
    updated = max([*told, *(one.at for one in gone)], default=NEVER)
    tombs = [
        Tombstone(taken.tag(head.tag_authority, one.id), one.at)
        for one in gone
        if one.at > updated - taken.TOLD
    ]
    before, after = frame(place.name, FeedDocument(head, updated, (), gone=tuple(tombs)))
    shown = [one in wanted for one in found.item_ids]
    return only(replace(found, before=before, after=after), shown)


def choose(ids: Sequence[int], facts: Mapping[int, Fact], choice: Choice) -> frozenset[int]:
    """Choose among articles, newest first; those without facts are public no more."""
    fit = [one for one in ids if one in facts and _fits(facts[one], choice)]
    if choice.stories:
        earliest = {facts[one].story_id or one: one for one in fit}  # the last of each
        fit = [one for one in fit if earliest[facts[one].story_id or one] == one]
    return frozenset(fit[: choice.limit])


def _fits(fact: Fact, choice: Choice) -> bool:
    if choice.lang is not None and fact.language.partition("-")[0].lower() != choice.lang:
        return False
    return choice.since is None or fact.updated_at >= choice.since
