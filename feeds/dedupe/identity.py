"""Who is who on the way in: each draft becomes a new article, a revision, or another sighting.

Theory: several sources may list one article, with small differences. One of the sightings *leads*:
the earliest by claimed date, then by source and guid. The article shows what its lead says, so the
result doesn't depend on who was polled first. Merging two articles that are not one is the worse
error, so only the same (source, guid) and the same canonical address count here; the same text
under another address is decided later, against committed articles.
"""

from collections.abc import Iterable, Mapping

from feeds.model import Draft, Known, Rank, Settled, Verdict


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


def _settle_one(
    draft: Draft,
    name: str,
    by_guid: Mapping[tuple[int, str], int],
    aliases: dict[str, int],
    states: dict[int, Known],
) -> Settled:
    same_guid = by_guid.get((draft.source_id, draft.guid))
    found = same_guid if same_guid is not None else aliases.get(draft.identity)
    article = draft.id if found is None else found
    aliases.setdefault(draft.identity, article)
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
