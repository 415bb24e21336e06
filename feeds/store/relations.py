"""Relations: the marks that articles are found by, and the edges between them."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from feeds.model import Edge
from feeds.store.bulk import any_of, given, insert_given, literal
from feeds.store.tables import article, article_topic, band, fingerprint, posting, relation

# One worker at a time rewrites groups and edges; what it reads and computes before is not locked.
_GRAPH_LOCK = 0x6752_6150_48


# Articles are found by their heaviest terms only; all of them count in the score.
POSTINGS = 12


# What a mark depends on: date, hash of the text, terms.
MarkKey = tuple[datetime, bytes, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Mark:
    """What an article is found by: bands for its text, terms (heaviest first) for its matter."""

    article_id: int
    effective_at: datetime
    exact: bytes
    signature: bytes
    size: int
    bands: tuple[int, ...]
    terms: tuple[int, ...]
    weights: tuple[float, ...]
    names: tuple[str, ...]

    @property
    def key(self) -> MarkKey:
        """Tell whether an article has this mark already."""
        return (self.effective_at, self.exact, self.terms)


@dataclass(frozen=True, slots=True)
class Subject:
    """A stored article as relating needs it."""

    id: int
    title: str
    text: str
    language: str
    section: str | None
    effective_at: datetime
    is_public: bool
    is_related: bool


def subjects(connection: sa.Connection, ids: Iterable[int]) -> list[Subject]:
    """Read articles to relate, by id."""
    rows = connection.execute(
        sa.select(
            article.c.id,
            article.c.title,
            article.c.text,
            article.c.language,
            article.c.section,
            article.c.effective_at,
            (article.c.state == "public").label("is_public"),
            article.c.related_at.is_not(None).label("is_related"),
        )
        .where(any_of(article.c.id, ids))
        .order_by(article.c.id)
    )
    return [Subject(*row) for row in rows]


def write_marks(connection: sa.Connection, marks: Sequence[Mark], again: Iterable[int]) -> None:
    """Store what articles are found by; `again` names those that had marks before."""
    unmark(connection, again)
    if not marks:
        return
    rows = [_packed(mark) for mark in sorted(marks, key=lambda mark: mark.article_id)]
    statement = insert_given(fingerprint, _PACKED, rows)
    connection.execute(statement.on_conflict_do_nothing())
    bands = sorted({(key, mark.article_id) for mark in marks for key in mark.bands})
    if bands:
        connection.execute(
            insert_given(band, ["band", "article_id"], bands).on_conflict_do_nothing()
        )
    postings = sorted(
        {
            (key, mark.effective_at, mark.article_id)
            for mark in marks
            for key in mark.terms[:POSTINGS]
        }
    )
    if postings:
        names = ["term", "effective_at", "article_id"]
        connection.execute(insert_given(posting, names, postings).on_conflict_do_nothing())


_PACKED = (
    "article_id",
    "effective_at",
    "exact",
    "signature",
    "size",
    "bands",
    "terms",
    "weights",
    "names",
)


def _packed(mark: Mark) -> tuple[object, ...]:
    return (
        mark.article_id,
        mark.effective_at,
        mark.exact,
        mark.signature,
        mark.size,
        array("q", mark.bands).tobytes(),
        array("q", mark.terms).tobytes(),
        array("f", mark.weights).tobytes(),
        "\n".join(mark.names),
    )


def unmark(connection: sa.Connection, ids: Iterable[int]) -> None:
    """Make articles unfindable (edited before they are marked again, or withdrawn)."""
    chosen = list(ids)
    if not chosen:
        return
    gone = connection.execute(
        sa.delete(fingerprint)
        .where(any_of(fingerprint.c.article_id, chosen))
        .returning(fingerprint)
    ).all()
    bands = [(key, row.article_id) for row in gone for key in array("q", row.bands)]
    postings = [
        (key, row.effective_at, row.article_id)
        for row in gone
        for key in array("q", row.terms)[:POSTINGS]
    ]
    for table, rows in ((band, bands), (posting, postings)):
        if rows:
            old = given(list(table.c), rows)
            same = sa.and_(*(column == old.c[column.key] for column in table.c))
            connection.execute(sa.delete(table).where(same))


def same_bands(
    connection: sa.Connection, ids: Sequence[int], per_band: int = 20
) -> set[tuple[int, int]]:
    """Pair articles with others that share a band; at most `per_band` others for each band."""
    packed = connection.execute(
        sa.select(fingerprint.c.article_id, fingerprint.c.bands).where(
            any_of(fingerprint.c.article_id, ids)
        )
    )
    keys = [(key, row.article_id) for row in packed for key in array("q", row.bands)]
    if not keys:
        return set()
    own = given([band.c.band, band.c.article_id], keys)
    other = (
        sa.select(band.c.article_id)
        .where(band.c.band == own.c.band)
        .order_by(band.c.article_id)
        .limit(per_band)
        .lateral("other")
    )
    rows = connection.execute(
        sa.select(own.c.article_id, other.c.article_id)
        .select_from(own.join(other, sa.true()))
        .where(other.c.article_id != own.c.article_id)
        .distinct()
    )
    return {(row[0], row[1]) for row in rows}


def same_text(connection: sa.Connection, ids: Sequence[int]) -> set[tuple[int, int]]:
    """Pair articles with others whose whole match form is equal, short texts left out."""
    own = fingerprint.alias("own")
    rows = connection.execute(
        sa.select(own.c.article_id, fingerprint.c.article_id)
        .join(fingerprint, fingerprint.c.exact == own.c.exact)
        .where(any_of(own.c.article_id, ids), fingerprint.c.article_id != own.c.article_id)
        .where(own.c.size >= 18)
    )
    return {(row[0], row[1]) for row in rows}


@dataclass(frozen=True, slots=True)
class Near:
    """Another article that shares terms or topics with one of ours."""

    own: int
    other: int
    terms: int


def near(connection: sa.Connection, ids: Sequence[int], ahead: timedelta) -> list[Near]:
    """Pair articles with the others that share the most terms and topics.

    Each term and topic gives its newest articles up to `ahead` after the article's own date, and
    each article takes its best few, so that the cost per article stays the same however many are
    stored, and an old article that is looked at again finds those of its time.
    """
    packed = connection.execute(
        sa.select(fingerprint.c.article_id, fingerprint.c.effective_at, fingerprint.c.terms).where(
            any_of(fingerprint.c.article_id, ids)
        )
    )
    own = [
        (key, row.article_id, row.effective_at + ahead)
        for row in packed
        for key in array("q", row.terms)[:POSTINGS]
    ]
    asked = {
        "ids": literal(ids),
        "terms": literal(key for key, _, _ in own),
        "owners": literal(article_id for _, article_id, _ in own),
        "untils": [until for _, _, until in own],
        "ahead": ahead,
    }
    rows = connection.execute(_NEAR, {**asked, **_NEAR_LIMITS})
    return [Near(row.own, row.other, row.terms) for row in rows]


_NEAR_LIMITS = {"per_term": 16, "per_topic": 12, "per_article": 12}
_NEAR = sa.text(
    """
    WITH shared AS (
      SELECT own.article_id AS own, near.article_id AS other, 1 AS term, 0 AS topic
      FROM unnest(
        CAST(CAST(:terms AS text) AS bigint[]),
        CAST(CAST(:owners AS text) AS bigint[]),
        CAST(:untils AS timestamptz[])
      ) own(term, article_id, until)
      CROSS JOIN LATERAL (
        SELECT p.article_id FROM posting p
        WHERE p.term = own.term AND p.effective_at <= own.until
        ORDER BY p.effective_at DESC, p.article_id DESC LIMIT :per_term
      ) near
      UNION ALL
      SELECT own.article_id, near.article_id, 0, 1
      FROM unnest(CAST(CAST(:ids AS text) AS bigint[])) chosen(id)
      JOIN article_topic own ON own.article_id = chosen.id
      CROSS JOIN LATERAL (
        SELECT t.article_id FROM article_topic t
        WHERE t.slug = own.slug AND t.effective_at <= own.effective_at + :ahead
        ORDER BY t.effective_at DESC, t.article_id DESC LIMIT :per_topic
      ) near
    ), ranked AS (
      SELECT own, other, sum(term) AS terms,
        row_number() OVER (
          PARTITION BY own ORDER BY sum(term) + 2 * sum(topic) DESC, other
        ) AS place
      FROM shared WHERE own <> other GROUP BY own, other
      HAVING sum(term) + 2 * sum(topic) >= 2
    )
    SELECT own, other, terms FROM ranked WHERE place <= :per_article
    """
)


@dataclass(frozen=True, slots=True)
class Found:
    """What is stored of an article that another may be related to."""

    id: int
    effective_at: datetime
    signature: bytes
    size: int
    terms: Mapping[int, float]
    name_lines: str
    topics: Mapping[str, float]
    section: str | None
    floor: float

    def names(self) -> dict[int, str]:
        """Map each term to how the article writes it."""
        return dict(zip(self.terms, self.name_lines.split("\n"), strict=True))


def found(connection: sa.Connection, ids: Iterable[int]) -> dict[int, Found]:
    """Read the marks, topics and sections of articles that are public and marked."""
    chosen = sorted(set(ids))
    rows = connection.execute(
        sa.select(fingerprint, article.c.section)
        .join(article, article.c.id == fingerprint.c.article_id)
        .where(any_of(fingerprint.c.article_id, chosen), article.c.state == "public")
    ).all()
    topics: dict[int, dict[str, float]] = {row.article_id: {} for row in rows}
    hits = sa.select(
        article_topic.c.article_id, article_topic.c.slug, article_topic.c.confidence
    ).where(any_of(article_topic.c.article_id, list(topics)))
    for hit in connection.execute(hits):
        topics[hit.article_id][hit.slug] = hit.confidence
    return {
        row.article_id: Found(
            row.article_id,
            row.effective_at,
            row.signature,
            row.size,
            dict(zip(array("q", row.terms), array("f", row.weights), strict=True)),
            row.names,
            topics[row.article_id],
            row.section,
            row.floor,
        )
        for row in rows
    }


def texts(connection: sa.Connection, ids: Iterable[int]) -> dict[int, str]:
    """Read the plain texts of articles."""
    rows = connection.execute(
        sa.select(article.c.id, article.c.text).where(any_of(article.c.id, sorted(set(ids))))
    )
    return {row.id: row.text for row in rows}


def lock_graph(connection: sa.Connection) -> None:
    """Wait until no other worker rewrites edges or groups; held until the transaction ends."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_GRAPH_LOCK)))


# One look by each end's index: an OR of both makes the planner read the whole table.
_ENDS = (relation.c.left_id, relation.c.right_id)


def drop_edges(connection: sa.Connection, ids: Sequence[int]) -> set[int]:
    """Remove all edges of articles; returns the other ends."""
    ends: set[int] = set()
    for own in _ENDS:
        gone = sa.delete(relation).where(any_of(own, ids))
        rows = connection.execute(gone.returning(relation.c.left_id, relation.c.right_id))
        ends.update(end for row in rows for end in row)
    return ends - set(ids)


def between(
    connection: sa.Connection, ids: Sequence[int]
) -> defaultdict[str, set[tuple[int, int]]]:
    """List the edges of articles, by kind: the ends of each, the smaller first."""
    edges = sa.select(relation.c.kind, relation.c.left_id, relation.c.right_id)
    found: defaultdict[str, set[tuple[int, int]]] = defaultdict(set)
    for own in _ENDS:
        for row in connection.execute(edges.where(any_of(own, ids))):
            found[row.kind].add((row.left_id, row.right_id))
    return found


def remove_edges(connection: sa.Connection, edges: Iterable[tuple[int, int, str]]) -> None:
    """Remove edges, each named by both ends and its kind."""
    rows = sorted(edges)
    if not rows:
        return
    gone = given([relation.c.left_id, relation.c.right_id, relation.c.kind], rows)
    connection.execute(
        sa.delete(relation).where(
            relation.c.left_id == gone.c.left_id,
            relation.c.right_id == gone.c.right_id,
            relation.c.kind == gone.c.kind,
        )
    )


def add_edges(connection: sa.Connection, edges: Sequence[Edge]) -> None:
    """Store edges; the same edge with another score is brought up to date."""
    if not edges:
        return
    unique = {(edge.left, edge.right, edge.kind): edge for edge in edges}
    rows = [(*key, edge.score, edge.why) for key, edge in sorted(unique.items())]
    statement = insert_given(relation, ["left_id", "right_id", "kind", "score", "why"], rows)
    new = statement.excluded
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["left_id", "right_id", "kind"],
            set_={"score": new.score, "why": new.why},
            where=(relation.c.score != new.score) | (relation.c.why != new.why),
        )
    )


def prune(connection: sa.Connection, ids: Sequence[int], keep: int) -> None:
    """Drop the topic edges of articles that are among the best `keep` of neither end.

    An article's floor is the score of its last kept edge when it was last related: never above
    the true one, so that no edge that belongs to the best is ever dropped or refused.
    """
    if not ids:
        return
    connection.execute(_FLOORS, {"ids": list(ids), "keep": keep})
    connection.execute(_PRUNE, {"ids": list(ids)})


_FLOORS = sa.text(
    """
    UPDATE fingerprint f SET floor = best.score
    FROM (
      SELECT chosen.id, (
        SELECT both_ends.score FROM (
          SELECT score, right_id AS other FROM relation WHERE left_id = chosen.id AND kind = 'topic'
          UNION ALL
          SELECT score, left_id FROM relation WHERE right_id = chosen.id AND kind = 'topic'
        ) both_ends ORDER BY both_ends.score DESC, both_ends.other OFFSET :keep - 1 LIMIT 1
      ) AS score
      FROM unnest(CAST(:ids AS bigint[])) AS chosen(id)
    ) best
    WHERE f.article_id = best.id AND f.floor IS DISTINCT FROM COALESCE(best.score, 0)
      AND best.score IS NOT NULL
    """
)
_PRUNE = sa.text(
    """
    DELETE FROM relation r USING fingerprint l, fingerprint g, (
      SELECT own.left_id, own.right_id
      FROM unnest(CAST(:ids AS bigint[])) chosen(id)
      JOIN relation own ON own.left_id = chosen.id AND own.kind = 'topic'
      UNION
      SELECT own.left_id, own.right_id
      FROM unnest(CAST(:ids AS bigint[])) chosen(id)
      JOIN relation own ON own.right_id = chosen.id AND own.kind = 'topic'
    ) ours
    WHERE r.kind = 'topic' AND r.left_id = ours.left_id AND r.right_id = ours.right_id
      AND l.article_id = r.left_id AND g.article_id = r.right_id
      AND r.score < l.floor AND r.score < g.floor
    """
)


def drop_floors(connection: sa.Connection, ids: Sequence[int]) -> None:
    """Let articles that lost edges take any new one."""
    connection.execute(
        sa.update(fingerprint).where(any_of(fingerprint.c.article_id, ids)).values(floor=0)
    )


def edges_of(connection: sa.Connection, article_id: int, kind: str, limit: int) -> list[Edge]:
    """List an article's edges of a kind, strongest first."""
    ends = (relation.c.left_id == article_id) | (relation.c.right_id == article_id)
    rows = connection.execute(
        sa.select(relation)
        .where(ends, relation.c.kind == kind)
        .order_by(relation.c.score.desc(), relation.c.left_id, relation.c.right_id)
        .limit(limit)
    )
    return [Edge(row.left_id, row.right_id, row.kind, row.score, row.why) for row in rows]


def neighbours(connection: sa.Connection, ids: Sequence[int]) -> set[int]:
    """Name the other ends of all edges of articles."""
    pairs = (pair for own in between(connection, ids).values() for pair in own)
    return {end for pair in pairs for end in pair} - set(ids)


def stored_marks(connection: sa.Connection, ids: Sequence[int]) -> dict[int, MarkKey]:
    """Read what articles were marked with before."""
    columns = (fingerprint.c.effective_at, fingerprint.c.exact, fingerprint.c.terms)
    rows = connection.execute(
        sa.select(fingerprint.c.article_id, *columns).where(any_of(fingerprint.c.article_id, ids))
    )
    return {
        row.article_id: (row.effective_at, row.exact, tuple(array("q", row.terms))) for row in rows
    }


def note_related(connection: sa.Connection, ids: Sequence[int], now: datetime) -> None:
    """Let articles be listed from now on."""
    connection.execute(
        sa.update(article)
        .where(any_of(article.c.id, ids), article.c.related_at.is_(None))
        .values(related_at=now)
    )


def public_ids(connection: sa.Connection, ids: Iterable[int]) -> set[int]:
    """Tell which articles are public at this moment."""
    rows = connection.scalars(
        sa.select(article.c.id).where(
            any_of(article.c.id, sorted(set(ids))), article.c.state == "public"
        )
    )
    return set(rows)
