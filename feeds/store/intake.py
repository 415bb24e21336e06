"""Intake: what is known of the entries that came in, and the rows that follow from them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from feeds.model import Author, Draft, Filing, Image, Known, Settled, Verdict
from feeds.store.bulk import any_of, copy, given, insert_given
from feeds.store.filing import write_authors, write_topics
from feeds.store.tables import (
    alias,
    article,
    ledger,
    revision,
    sighting,
    source,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A sighting that is stored already."""

    article_id: int
    entry_hash: bytes
    url: str = ""


def seen(
    connection: sa.Connection, pairs: Sequence[tuple[int, str]]
) -> dict[tuple[int, str], Seen]:
    """Look up sightings by (source, guid)."""
    if not pairs:
        return {}
    asked = given([sighting.c.source_id, sighting.c.guid], pairs)
    same = (sighting.c.source_id == asked.c.source_id) & (sighting.c.guid == asked.c.guid)
    rows = connection.execute(
        sa.select(
            sighting.c.source_id,
            sighting.c.guid,
            sighting.c.article_id,
            sighting.c.entry_hash,
            sighting.c.url,
        ).join(asked, same)
    )
    return {
        (row.source_id, row.guid): Seen(row.article_id, row.entry_hash, row.url) for row in rows
    }


def refused(
    connection: sa.Connection, triples: Sequence[tuple[int, str, bytes]]
) -> set[tuple[int, str]]:
    """Tell which (source, label) ended as rejected or quarantined with the same entry before."""
    if not triples:
        return set()
    asked = given([ledger.c.source_id, ledger.c.label, ledger.c.entry_hash], triples)
    rows = connection.execute(
        sa.select(ledger.c.source_id, ledger.c.label)
        .join(
            asked,
            (ledger.c.source_id == asked.c.source_id)
            & (ledger.c.label == asked.c.label)
            & (ledger.c.entry_hash == asked.c.entry_hash),
        )
        .where(ledger.c.verdict.in_([Verdict.REJECTED, Verdict.QUARANTINED]))
    )
    return {(row.source_id, row.label) for row in rows}


def aliases(connection: sa.Connection, identities: Iterable[str]) -> dict[str, int]:
    """Look up which article an identity names."""
    rows = connection.execute(
        sa.select(alias.c.identity, alias.c.article_id).where(any_of(alias.c.identity, identities))
    )
    return {row.identity: row.article_id for row in rows}


def known(connection: sa.Connection, ids: Iterable[int]) -> dict[int, Known]:
    """Read and lock stored articles, in the order of their ids so that no two workers deadlock."""
    rows = connection.execute(
        sa.select(
            article.c.id,
            article.c.effective_at,
            source.c.name,
            article.c.guid,
            article.c.content_hash,
            article.c.state,
        )
        .join(source, source.c.id == article.c.source_id)
        .where(any_of(article.c.id, ids))
        .order_by(article.c.id)
        .with_for_update(of=article, key_share=True)  # others may still refer to them
    )
    return {
        row.id: Known(
            row.id,
            (row.effective_at, row.name, row.guid),
            row.content_hash,
            row.state == "withdrawn",
        )
        for row in rows
    }


def store(
    connection: sa.Connection,
    settled: Sequence[Settled],
    filings: Mapping[int, Filing],
    authors: Mapping[int, Sequence[Author]],
    now: datetime,
) -> None:
    """Write articles, revisions, sightings, aliases and authors.

    `filings` and `authors` by article.

    Raises `Raced` when another worker stored one of the new articles meanwhile.
    """
    created = [one for one in settled if one.verdict is Verdict.NEW]
    taken = [one for one in settled if one.leads and one.verdict is not Verdict.NEW]
    _create(connection, created, filings, now)
    dates = {one.article_id: one.draft.effective_at for one in created}
    dates |= _revise(connection, _last_of_each(taken), filings, now)
    new = {one.article_id for one in created}
    write_authors(connection, {key: authors[key] for key in dates if key in authors}, dates, new)
    write_topics(connection, {key: filings[key] for key in dates if key in filings}, dates, new)
    accepted = [one for one in settled if one.verdict is not Verdict.REJECTED]
    _remember(connection, accepted, now)


def _last_of_each(settled: Iterable[Settled]) -> list[Settled]:
    return [one for _, one in sorted({one.article_id: one for one in settled}.items())]


def _content(draft: Draft, filing: Filing) -> dict[str, object]:
    return {
        "source_id": draft.source_id,
        "guid": draft.guid,
        "url": draft.url,
        "title": draft.title,
        "excerpt": draft.excerpt,
        "html": draft.html,
        "text": draft.text,
        "language": draft.language,
        "categories": list(draft.categories),
        "image": image_json(draft.image),
        "via_title": draft.via_title,
        "via_url": draft.via_url,
        "content_hash": draft.content_hash,
        "claimed_at": draft.claimed_at,
        "effective_at": draft.effective_at,
        "section": filing.section,
        "section_why": filing.why,
        "section_confidence": filing.confidence,
    }


def image_json(image: Image | None) -> dict[str, object] | None:
    """Write an image as it is stored."""
    if image is None:
        return None
    return {name: getattr(image, name) for name in Image.__slots__ if getattr(image, name)}


def _create(
    connection: sa.Connection,
    created: Sequence[Settled],
    filings: Mapping[int, Filing],
    now: datetime,
) -> None:
    if not created:
        return
    rows = [
        {"id": one.article_id, "first_seen_at": now} | _content(one.draft, filings[one.article_id])
        for one in sorted(created, key=lambda one: one.article_id)
    ]
    copy(connection, article, list(rows[0]), [tuple(row.values()) for row in rows])


def _revise(
    connection: sa.Connection,
    taken: Sequence[Settled],
    filings: Mapping[int, Filing],
    now: datetime,
) -> dict[int, datetime]:
    """Let articles show what their leads say now; returns the articles' dates."""
    if not taken:
        return {}
    _keep_revisions(connection, [one for one in taken if one.verdict is Verdict.REVISED], now)
    rows = [
        {
            "id": one.article_id,
            "revised_at": _revised_at(one.draft, now) if one.verdict is Verdict.REVISED else None,
            **_content(one.draft, filings[one.article_id]),
        }
        for one in taken
    ]
    new = given([article.c[name] for name in rows[0]], [tuple(row.values()) for row in rows])
    changed = sa.update(article).where(article.c.id == new.c.id)
    values = {name: new.c[name] for name in rows[0] if name != "id"} | _dates(new)
    stored = connection.execute(
        changed.values(values).returning(article.c.id, article.c.effective_at)
    )
    return {row.id: row.effective_at for row in stored}


def _dates(new: sa.Subquery) -> dict[str, sa.ColumnElement[datetime | None]]:
    """Keep a date that was emitted, else take the earliest.

    Only what readers may have seen is revised: before that, another sighting that takes the lead
    would have led from the start, had it come first.
    """
    emitted = article.c.emitted_at.is_not(None)
    same = (article.c.source_id == new.c.source_id) & (article.c.guid == new.c.guid)
    latest = sa.func.greatest(article.c.revised_at, article.c.effective_at, new.c.revised_at)
    return {
        "effective_at": sa.case(
            (emitted, article.c.effective_at),
            else_=sa.func.least(article.c.effective_at, new.c.effective_at),
        ),
        "revised_at": sa.case(
            (sa.not_(emitted | same), None),
            (new.c.revised_at.is_not(None), latest),
            else_=article.c.revised_at,
        ),
    }


def _revised_at(draft: Draft, now: datetime) -> datetime:
    claimed = draft.updated_at
    return claimed if claimed is not None and draft.effective_at < claimed <= now else now


def _keep_revisions(connection: sa.Connection, revised: Sequence[Settled], now: datetime) -> None:
    if not revised:
        return
    kept = ["article_id", "replaced_at", "title", "excerpt", "html", "content_hash", "why"]
    new = given([article.c.id, revision.c.why], [(one.article_id, one.why) for one in revised])
    old = sa.select(
        article.c.id,
        sa.literal(now, revision.c.replaced_at.type),
        article.c.title,
        article.c.excerpt,
        article.c.html,
        article.c.content_hash,
        new.c.why,
    ).join(new, new.c.id == article.c.id)
    connection.execute(sa.insert(revision).from_select(kept, old))


def _remember(connection: sa.Connection, accepted: Sequence[Settled], now: datetime) -> None:
    """Write sightings and aliases."""
    if not accepted:
        return
    latest = {(one.draft.source_id, one.draft.guid): one for one in accepted}
    rows = [
        (*key, one.article_id, one.draft.url, one.draft.entry_hash, one.draft.effective_at, now)
        for key, one in sorted(latest.items())
    ]
    names = [
        "source_id",
        "guid",
        "article_id",
        "url",
        "entry_hash",
        "effective_at",
        "first_seen_at",
    ]
    statement = insert_given(sighting, names, rows)
    changed = {name: statement.excluded[name] for name in ("article_id", "url", "entry_hash")}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["source_id", "guid"],
            set_=changed,
            where=sighting.c.entry_hash != statement.excluded.entry_hash,
        )
    )
    names_of = {
        key: one.article_id for one in accepted for key in (*one.draft.aliases, one.draft.identity)
    }
    connection.execute(
        insert_given(
            alias, ["identity", "article_id"], sorted(names_of.items())
        ).on_conflict_do_nothing()
    )
