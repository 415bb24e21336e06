"""Who is who on the way in: each draft becomes a new article, a revision, or another sighting.

Theory: several sources may list one article, with small differences. One of the sightings *leads*:
the earliest by claimed date, then by source and guid. The article shows what its lead says, so the
result doesn't depend on who was polled first. Merging two articles that are not one is the worse
error, so only the same (source, guid) and the same canonical address count here; the same text
under another address is decided later, against committed articles.

Ids are what publishers abuse most. One that a source gives to several entries names none of them,
and one that changes while the address stays is no name either: there the address counts. Which it
is can be told from any two entries, so no order of them matters.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from feeds.dedupe.match import LEAST_SYLLABLES, compare_shingles, decide, shingles
from feeds.model import Draft, Known, Rank, Settled, Verdict
from feeds.text.normalise import match_form


def rank(draft: Draft, source_name: str) -> Rank:
    """Order the sightings of one article; the smallest leads."""
    return (draft.effective_at, source_name, draft.guid)


def settle(
    drafts: Iterable[tuple[Draft, str]],
    by_guid: Mapping[tuple[int, str], int],
    by_identity: Mapping[str, int],
    known: Mapping[int, Known],
) -> list[Settled]:
    """Decide for each (draft, source name); the order of the drafts makes no difference."""
    ordered = sorted(drafts, key=lambda pair: rank(*pair))
    aliases = dict(by_identity)
    states = dict(known)
    return [_settle_one(draft, name, by_guid, aliases, states) for draft, name in ordered]


@dataclass(frozen=True, slots=True)
class Telling:
    """What an entry or an article says, as far as it takes to know one as the other."""

    title: str
    text: str


def agree(one: Telling, other: Telling) -> bool:
    """Tell whether two tellings are of one article: by their texts, else by their titles.

    Long texts decide alone: a title such as "The evening news" is no one's own.
    """
    left, right = shingles(one.text), shingles(other.text)
    if min(left.size, right.size) >= LEAST_SYLLABLES:
        return decide(compare_shingles(left, right), left.size, right.size).verdict
    title = match_form(one.title)
    return bool(title) and title == match_form(other.title)


def _settle_one(
    draft: Draft,
    name: str,
    by_guid: Mapping[tuple[int, str], int],
    aliases: dict[str, int],
    states: dict[int, Known],
) -> Settled:
    same_guid = by_guid.get((draft.source_id, draft.guid))
    keys = (draft.identity, *draft.aliases)
    known_as = (aliases[key] for key in keys if key in aliases)
    found = same_guid if same_guid is not None else next(known_as, None)
    article = draft.id if found is None else found
    for key in keys:
        aliases.setdefault(key, article)
    state = states.get(article)
    place = rank(draft, name)
    if state is None:
        states[article] = Known(article, place, draft.content_hash, withdrawn=False)
        return Settled(draft, article, Verdict.NEW, "no article has this address or id", leads=True)
    if state.withdrawn:
        return Settled(draft, article, Verdict.REJECTED, "the article was withdrawn", leads=False)
    how = "same source and guid" if same_guid is not None else "same address"
    leads = place <= state.lead or (same_guid is not None and place[1:] == state.lead[1:])
    if not leads:
        return Settled(draft, article, Verdict.SIGHTING, how, leads=False)
    states[article] = Known(article, min(place, state.lead), draft.content_hash, withdrawn=False)
    if draft.content_hash == state.content_hash:
        return Settled(draft, article, Verdict.SIGHTING, f"{how}, same content", leads=True)
    return Settled(draft, article, Verdict.REVISED, f"{how}, content changed", leads=True)
