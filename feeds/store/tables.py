"""The tables; `migrations/` holds how a database gets there, and a test compares the two."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Moment = sa.DateTime(timezone=True)


class Halfvec(sa.types.UserDefinedType[object]):
    """pgvector's vectors in half precision, of any length."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Name the type in SQL."""
        return "halfvec"


def _text(name: str, **more: object) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="", **more)  # type: ignore[arg-type]


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default="0")


def _article_ref(name: str = "article_id", **more: object) -> sa.Column[int]:
    reference = sa.ForeignKey("article.id", ondelete="CASCADE")
    return sa.Column(name, sa.BigInteger, reference, nullable=False, **more)  # type: ignore[arg-type]


def _source_ref(**more: object) -> sa.Column[int]:
    reference = sa.ForeignKey("source.id", ondelete="CASCADE")
    return sa.Column("source_id", sa.Integer, reference, nullable=False, **more)  # type: ignore[arg-type]


# Where each article brings several rows, a foreign key costs more than the row, and locks what it
# names for others. Sources and articles are never deleted, and `relation` shows the way: without.
def _article_id(**more: object) -> sa.Column[int]:
    return sa.Column("article_id", sa.BigInteger, nullable=False, **more)  # type: ignore[arg-type]


def _source_id(**more: object) -> sa.Column[int]:
    return sa.Column("source_id", sa.Integer, nullable=False, **more)  # type: ignore[arg-type]


source = sa.Table(
    "source",
    metadata,
    sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False, unique=True),
    sa.Column("home_url", sa.Text),
    sa.Column("section", sa.Text),
    sa.Column("language", sa.Text),
    _text("timezone"),
    sa.Column("every_s", sa.Integer),
    sa.Column("full_text", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("article", pg.JSONB, nullable=False, server_default="{}"),
    sa.Column("paused", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("body_hash", sa.LargeBinary),
    sa.Column("fetched_at", Moment),
    sa.Column("ok_at", Moment),
    sa.Column("status", sa.Text, nullable=False, server_default="waiting"),
    sa.Column("error", sa.Text),
    _count("failures"),
    sa.Column("hub_url", sa.Text),
    sa.Column("removed_at", Moment),
    sa.Column("kind", sa.Text),
    _text("kind_why"),
    sa.CheckConstraint("kind IN ('feed', 'sitemap', 'page')", name="kind"),
    _text("host"),
    sa.Column("declared_url", sa.Text),
    _count("polls"),
    sa.Column("failing_since", Moment),
    sa.Column("wait_s", sa.REAL),
    _text("why"),
    sa.Column("place_at", Moment),
    sa.Column("moved_to", sa.Text),
    _count("moves"),
    sa.Column("habit", pg.ARRAY(sa.Double)),
    sa.Column("ttl_s", sa.Integer),
    _count("skip_hours"),
    _count("skip_days"),
    sa.Column("ids_change", sa.Boolean, nullable=False, server_default=sa.false()),
)

host = sa.Table(
    "host",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("last_at", Moment, nullable=False),
    sa.Column("tail_at", Moment, nullable=False),
    sa.Column("closed_until", Moment, nullable=False),
)

# Requests beside the polls that are open at a host. Each ends by itself, so a crash may lose them.
visit = sa.Table(
    "visit",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("until", Moment, nullable=False),
    sa.Index(None, "host"),
    prefixes=["UNLOGGED"],
)

article = sa.Table(
    "article",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    _source_ref(index=True),
    sa.Column("guid", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("excerpt", sa.Text, nullable=False),
    sa.Column("html", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("categories", pg.JSONB, nullable=False, server_default="[]"),
    sa.Column("image", pg.JSONB(none_as_null=True)),
    sa.Column("via_title", sa.Text),
    sa.Column("via_url", sa.Text),
    sa.Column("content_hash", sa.LargeBinary, nullable=False),
    sa.Column("claimed_at", Moment),
    sa.Column("first_seen_at", Moment, nullable=False),
    sa.Column("effective_at", Moment, nullable=False),
    sa.Column("revised_at", Moment),
    sa.Column("emitted_at", Moment),
    sa.Column("related_at", Moment),
    sa.Column("state", sa.Text, nullable=False, server_default="public"),
    sa.Column("section", sa.Text),
    _text("section_why"),
    sa.Column("section_confidence", sa.REAL, nullable=False, server_default="0"),
    sa.Column("duplicate_of", sa.BigInteger),
    sa.Column("story_id", sa.BigInteger),
    sa.CheckConstraint("state IN ('public', 'withdrawn')", name="state"),
)
LISTED = (
    (article.c.state == "public")
    & article.c.related_at.is_not(None)
    & article.c.duplicate_of.is_(None)
)
sa.Index(
    "ix_article_newest", article.c.effective_at.desc(), article.c.id.desc(), postgresql_where=LISTED
)
sa.Index(
    "ix_article_shown",
    article.c.effective_at.desc(),
    postgresql_where=(article.c.state == "public") & article.c.related_at.is_not(None),
)
sa.Index(
    "ix_article_section",
    article.c.section,
    article.c.effective_at.desc(),
    article.c.id.desc(),
    postgresql_where=LISTED,
)
sa.Index("ix_article_first_seen_at", article.c.first_seen_at)
sa.Index(
    "ix_article_duplicate_of",
    article.c.duplicate_of,
    postgresql_where=article.c.duplicate_of.is_not(None),
)
sa.Index(
    "ix_article_story_id", article.c.story_id, postgresql_where=article.c.story_id.is_not(None)
)

robots = sa.Table(
    "robots",
    metadata,
    sa.Column("url", sa.Text, primary_key=True),
    _text("text"),
    sa.Column("closed", sa.Text),
    sa.Column("expires_at", Moment, nullable=False, index=True),
)

alias = sa.Table(
    "alias",
    metadata,
    sa.Column("identity", sa.Text, primary_key=True),
    _article_id(index=True),
)

sighting = sa.Table(
    "sighting",
    metadata,
    _source_id(primary_key=True),
    sa.Column("guid", sa.Text, primary_key=True),
    _article_id(index=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("entry_hash", sa.LargeBinary, nullable=False),
    sa.Column("effective_at", Moment, nullable=False),
    sa.Column("first_seen_at", Moment, nullable=False),
)
sa.Index(
    "ix_sighting_newest",
    sighting.c.source_id,
    sighting.c.effective_at.desc(),
    sighting.c.article_id.desc(),
)

# Ids under which a source lists several articles: they name none of them.
shared_guid = sa.Table(
    "shared_guid",
    metadata,
    _source_ref(primary_key=True),
    sa.Column("guid", sa.Text, primary_key=True),
)

revision = sa.Table(
    "revision",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    _article_ref(index=True),
    sa.Column("replaced_at", Moment, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("excerpt", sa.Text, nullable=False),
    sa.Column("html", sa.Text, nullable=False),
    sa.Column("content_hash", sa.LargeBinary, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
)

tombstone = sa.Table(
    "tombstone",
    metadata,
    _article_ref(primary_key=True),
    sa.Column("at", Moment, nullable=False, index=True),
    sa.Column("why", sa.Text, nullable=False),
)

author = sa.Table(
    "author",
    metadata,
    sa.Column("slug", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
)

article_author = sa.Table(
    "article_author",
    metadata,
    _article_id(primary_key=True),
    sa.Column("slug", sa.Text, primary_key=True),
    sa.Column("position", sa.SmallInteger, nullable=False),
    sa.Column("effective_at", Moment, nullable=False),
)
sa.Index(
    "ix_article_author_newest",
    article_author.c.slug,
    article_author.c.effective_at.desc(),
    article_author.c.article_id.desc(),
)

article_topic = sa.Table(
    "article_topic",
    metadata,
    _article_id(primary_key=True),
    sa.Column("slug", sa.Text, primary_key=True),
    sa.Column("confidence", sa.REAL, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("effective_at", Moment, nullable=False),
)
sa.Index(
    "ix_article_topic_newest",
    article_topic.c.slug,
    article_topic.c.effective_at.desc(),
    article_topic.c.article_id.desc(),
)

fingerprint = sa.Table(
    "fingerprint",
    metadata,
    _article_id(primary_key=True),
    sa.Column("effective_at", Moment, nullable=False),
    sa.Column("exact", sa.LargeBinary, nullable=False),
    sa.Column("sketch", sa.LargeBinary, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    # Packed keys of the opening beside the sketch's first; none for what was marked before 0023.
    sa.Column("opening", sa.LargeBinary, nullable=False, server_default=""),
    # Packed: 64-bit keys, 32-bit weights, and names by line; arrays are read 20 times slower.
    sa.Column("terms", sa.LargeBinary, nullable=False),
    sa.Column("weights", sa.LargeBinary, nullable=False),
    sa.Column("names", sa.Text, nullable=False),
    sa.Column("floor", sa.REAL, nullable=False, server_default="0"),
    # Packed 32-bit keys and bytes of weight, heaviest first, and the statistics that weighed them.
    sa.Column("features", sa.LargeBinary, nullable=False, server_default=""),
    sa.Column("feature_weights", sa.LargeBinary, nullable=False, server_default=""),
    _count("version"),
)

# What articles are found by. Derived from their texts, written and dropped by the dozen: no foreign
# keys, which would be checked for each row, no second index; `fingerprint` knows each one's rows.
shingle = sa.Table(
    "shingle",
    metadata,
    sa.Column("shingle", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("article_id", sa.BigInteger, primary_key=True, autoincrement=False),
)

# What is counted over the store; rows are versions, and the newest counts.
statistic = sa.Table(
    "statistic",
    metadata,
    sa.Column("version", sa.Integer, sa.Identity(), primary_key=True),
    sa.Column("fitted_at", Moment, nullable=False),
    sa.Column("articles", sa.Integer, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)

# Derived, and never read row by row (`vectors`). `written` is the transaction that wrote the row.
article_vector = sa.Table(
    "article_vector",
    metadata,
    _article_id(primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column(
        "written",
        sa.BigInteger,
        nullable=False,
        server_default=sa.text("CAST(CAST(pg_current_xact_id() AS text) AS bigint)"),
    ),
    sa.Column("vector", Halfvec, nullable=False),
    sa.Index("ix_article_vector_version_written", "version", "written"),
)

posting = sa.Table(
    "posting",
    metadata,
    sa.Column("term", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("effective_at", Moment, primary_key=True),
    sa.Column("article_id", sa.BigInteger, primary_key=True, autoincrement=False),
)

# As many as ten an article, and derived too: no foreign keys. Articles are never deleted.
relation = sa.Table(
    "relation",
    metadata,
    sa.Column("left_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("right_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("score", sa.REAL, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.CheckConstraint("left_id < right_id", name="ordered"),
    sa.CheckConstraint("kind IN ('topic', 'story', 'duplicate')", name="kind"),
)
sa.Index("ix_relation_right", relation.c.right_id, relation.c.kind)

feed = sa.Table(
    "feed",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("item_ids", pg.ARRAY(sa.BigInteger), nullable=False),
    sa.Column("updated_at", Moment, nullable=False),
    sa.Column("modified_at", Moment, nullable=False),
    sa.Column("hashes", sa.LargeBinary, nullable=False, server_default=""),
    sa.Column("gone_at", Moment),
)

# Items as they were rendered: never changed, named by their bytes, dropped when nothing shows them.
# Derived, so without foreign keys.
fragment = sa.Table(
    "fragment",
    metadata,
    sa.Column("article_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hash", sa.LargeBinary, primary_key=True),
    sa.Column("made_from", sa.LargeBinary, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("superseded_at", Moment),
)
sa.Index(
    "ix_fragment_superseded_at",
    fragment.c.superseded_at,
    postgresql_where=fragment.c.superseded_at.is_not(None),
)

# What feeds held before, so that a reader who names an old ETag is sent what came since.
feed_past = sa.Table(
    "feed_past",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("etags", pg.ARRAY(sa.Text), nullable=False),
    sa.Column("hashes", sa.LargeBinary, nullable=False),
)

feed_page = sa.Table(
    "feed_page",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("page", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("article_ids", pg.ARRAY(sa.BigInteger), nullable=False),
    sa.Column("told_at", Moment),
)

feed_alias = sa.Table(
    "feed_alias",
    metadata,
    sa.Column("old", sa.Text, primary_key=True),
    sa.Column("new", sa.Text, nullable=False, index=True),
)

feed_file = sa.Table(
    "feed_file",
    metadata,
    sa.Column("key", sa.Text, sa.ForeignKey("feed.key", ondelete="CASCADE"), primary_key=True),
    sa.Column("format", sa.Text, primary_key=True),
    sa.Column("etag", sa.Text, nullable=False),
    sa.Column("modified_at", Moment, nullable=False),
    sa.Column("before", sa.LargeBinary, nullable=False),
    sa.Column("after", sa.LargeBinary, nullable=False, server_default=""),
    sa.CheckConstraint("format IN ('rss', 'atom', 'json')", name="format"),
)

work = sa.Table(
    "work",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("lane", sa.Text, nullable=False, server_default="live"),
    sa.Column("want", sa.BigInteger, nullable=False, server_default="1"),
    sa.Column("done", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("marked_at", Moment, nullable=False),
    sa.Column("run_at", Moment, nullable=False),
    sa.Column("lease_token", sa.Text),
    sa.Column("lease_until", Moment),
    _count("attempts"),
    sa.Column("last_error", sa.Text),
    sa.Column("dead_at", Moment),
)
DUE = (work.c.want > work.c.done) & work.c.dead_at.is_(None)
sa.Index("ix_work_due", work.c.kind, work.c.lane, work.c.run_at, postgresql_where=DUE)
sa.Index(
    "ix_work_leased",
    work.c.kind,
    work.c.lane,
    work.c.lease_until,
    postgresql_where=work.c.lease_until.is_not(None),
)
sa.Index("ix_work_dead", work.c.dead_at, postgresql_where=work.c.dead_at.is_not(None))

link = sa.Table(
    "link",
    metadata,
    sa.Column("url", sa.Text, primary_key=True),
    sa.Column("source_id", sa.Integer, sa.ForeignKey("source.id", ondelete="SET NULL"), index=True),
    sa.Column("submitted_at", Moment, nullable=False),
    sa.Column("status", sa.Text, nullable=False, server_default="waiting"),
    sa.Column("why", sa.Text),
    sa.Column(
        "article_id", sa.BigInteger, sa.ForeignKey("article.id", ondelete="SET NULL"), index=True
    ),
    sa.Column("entry_hash", sa.LargeBinary),
    sa.Column("doubt", sa.Text),
)

# Articles that their source lists no longer; `doubted_at` is when their page was last asked for.
unlisted = sa.Table(
    "unlisted",
    metadata,
    _article_ref(primary_key=True),
    _source_ref(),
    sa.Column("doubted_at", Moment),
    sa.Index("ix_unlisted_source_id_doubted_at", "source_id", "doubted_at"),
)

# Pages of entries that could not be read for their text; `due_at` is when one is tried again.
entry_page = sa.Table(
    "entry_page",
    metadata,
    _source_ref(primary_key=True),
    sa.Column("guid", sa.Text, primary_key=True),
    sa.Column("entry_hash", sa.LargeBinary, nullable=False),
    sa.Column("ended", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    _count("tries"),
    sa.Column("due_at", Moment),
)

subscription = sa.Table(
    "subscription",
    metadata,
    sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
    _source_ref(index=True),
    sa.Column("hub_url", sa.Text, nullable=False),
    sa.Column("topic_url", sa.Text, nullable=False),
    sa.Column("token", sa.Text, nullable=False, unique=True),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    _text("why"),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("ask_at", Moment, nullable=False),
    sa.Column("asked_at", Moment),
    sa.Column("awaited", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("verified_at", Moment),
    sa.Column("lease_until", Moment),
    sa.Column("pushed_at", Moment),
    sa.Column("pinged_at", Moment),
    sa.Column("checked_at", Moment),
    _count("failures"),
    _count("missed"),
    _count("deliveries"),
    _count("ignored"),
    sa.Column("other_hubs", pg.ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.CheckConstraint(
        "state IN ('asked', 'active', 'silent', 'failed', 'denied', 'leaving', 'left')",
        name="state",
    ),
)
# A source has one subscription that counts, beside those that are being ended.
sa.Index(
    "uq_subscription_followed",
    subscription.c.source_id,
    unique=True,
    postgresql_where=subscription.c.state.not_in(("leaving", "left")),
)

push = sa.Table(
    "push",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    _source_ref(index=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("content_type", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)

# The hub's side of WebSub: who is told of our feeds. `subscription` is the other side.
subscriber = sa.Table(
    "subscriber",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("feed_key", sa.Text, nullable=False),
    sa.Column("format", sa.Text, nullable=False),
    sa.Column("callback", sa.Text, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    _text("secret"),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("lease_until", Moment, nullable=False),
    sa.Column("retry_at", Moment, nullable=False),
    _text("etag"),
    sa.Column("delivered_at", Moment),
    _count("delivered"),
    _count("failures"),
    _text("error"),
    sa.UniqueConstraint("callback", "feed_key", "format"),
)
sa.Index("ix_subscriber_feed_key", subscriber.c.feed_key)
sa.Index("ix_subscriber_lease_until", subscriber.c.lease_until)

hub_request = sa.Table(
    "hub_request",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("feed_key", sa.Text, nullable=False),
    sa.Column("format", sa.Text, nullable=False),
    sa.Column("callback", sa.Text, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    _text("secret"),
    sa.Column("lease_s", sa.Integer, nullable=False),
    sa.Column("number", sa.Integer, nullable=False, server_default="1"),
    _count("failures"),
    sa.Column("asked_at", Moment, nullable=False),
    sa.UniqueConstraint("callback", "feed_key", "format"),
    sa.CheckConstraint("mode IN ('subscribe', 'unsubscribe')", name="mode"),
)

hub_count = sa.Table(
    "hub_count",
    metadata,
    sa.Column("outcome", sa.Text, primary_key=True),
    sa.Column("count", sa.BigInteger, nullable=False),
)

outside_hub = sa.Table(
    "outside_hub",
    metadata,
    sa.Column("url", sa.Text, primary_key=True),
    sa.Column("pinged_at", Moment),
    sa.Column("failed_at", Moment),
    _count("failures"),
    _text("error"),
)

fetch_event = sa.Table(
    "fetch_event",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    _source_ref(),
    sa.Column("at", Moment, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("status", sa.SmallInteger),
    _count("bytes"),
    _count("ms"),
    _count("entries"),
    _count("new"),
    _count("revised"),
    _count("sightings"),
    _count("rejected"),
    _count("quarantined"),
    _count("unchanged"),
    sa.Column("error", sa.Text),
    _count("links"),
    _text("why"),
    _text("note"),
)
sa.Index("ix_fetch_event_history", fetch_event.c.source_id, fetch_event.c.id.desc())

ledger = sa.Table(
    "ledger",
    metadata,
    _source_id(primary_key=True),
    sa.Column("label", sa.Text, primary_key=True),
    sa.Column("entry_hash", sa.LargeBinary, primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("article_id", sa.BigInteger, index=True),
    sa.Column("address", sa.Text),
)
sa.Index("ix_ledger_address", ledger.c.address, postgresql_where=ledger.c.address.is_not(None))

reading = sa.Table(
    "reading",
    metadata,
    _article_ref(primary_key=True),
    sa.Column("hour", Moment, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
)
sa.Index("ix_reading_hour", reading.c.hour)

reading_seen = sa.Table(
    "reading_seen",
    metadata,
    sa.Column("hour", Moment, primary_key=True),
    _article_ref(primary_key=True, index=True),
    sa.Column("reader", sa.LargeBinary, primary_key=True),
)

# How warm readers keep an article: the logarithm of its readings, each worth half after a day, as
# seen from 1970. So it holds for ever, its order is that of the moment, and an index knows it.
warmth = sa.Table(
    "warmth",
    metadata,
    _article_ref(primary_key=True),
    sa.Column("level", sa.Double, nullable=False),
)
sa.Index("ix_warmth_level", warmth.c.level.desc())

# What was told last as related to an article, by those who asked for it as a feed, and since when.
related_feed = sa.Table(
    "related_feed",
    metadata,
    _article_ref(primary_key=True),
    sa.Column("mark", sa.LargeBinary, nullable=False),
    sa.Column("updated_at", Moment, nullable=False),
)

# What articles are searched by, without diacritics; written after the feeds, from `search_due`.
searchable = sa.Table(
    "searchable",
    metadata,
    sa.Column("article_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("effective_at", Moment, nullable=False),
    sa.Column("words", pg.TSVECTOR, nullable=False),
)
sa.Index("ix_searchable_words", searchable.c.words, postgresql_using="gin")
sa.Index("ix_searchable_newest", searchable.c.effective_at.desc(), searchable.c.article_id.desc())

search_due = sa.Table(
    "search_due",
    metadata,
    sa.Column("article_id", sa.BigInteger, primary_key=True, autoincrement=False),
)

# All words of articles that are longer than what `searchable` holds; without places.
searchable_whole = sa.Table(
    "searchable_whole",
    metadata,
    sa.Column("article_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("effective_at", Moment, nullable=False),
    sa.Column("words", pg.TSVECTOR, nullable=False),
)
sa.Index("ix_searchable_whole_words", searchable_whole.c.words, postgresql_using="gin")
sa.Index(
    "ix_searchable_whole_newest",
    searchable_whole.c.effective_at.desc(),
    searchable_whole.c.article_id.desc(),
)

whole_due = sa.Table(
    "whole_due",
    metadata,
    sa.Column("article_id", sa.BigInteger, primary_key=True, autoincrement=False),
)

# Whose stories are to be settled: only ever appended to and taken, so without a key.
story_due = sa.Table(
    "story_due",
    metadata,
    sa.Column("article_id", sa.BigInteger, nullable=False),
)

pin = sa.Table(
    "pin",
    metadata,
    _article_ref(primary_key=True),
    sa.Column("position", sa.Integer, nullable=False, server_default="0"),
    sa.Column("at", Moment, nullable=False),
)

# What people decided; no machine overrules it. `together` false keeps two articles apart, NULL
# leaves them to the machines again. Of several words on a pair the newest holds, that with the
# greatest `decision`; the others are kept, to hold again when it is taken back. A decision may be
# on many pairs, and has the number of its line in the audit.
verdict = sa.Table(
    "verdict",
    metadata,
    _article_ref("left_id", primary_key=True),
    _article_ref("right_id", primary_key=True, index=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("together", sa.Boolean),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("decision", sa.BigInteger, primary_key=True, autoincrement=False, index=True),
    sa.CheckConstraint("left_id < right_id", name="ordered"),
    sa.CheckConstraint("kind IN ('duplicate', 'story')", name="kind"),
)

# An article's section, and topics that it has (`holds`) or must not have, as people set them.
placement = sa.Table(
    "placement",
    metadata,
    _article_ref(primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("slug", sa.Text, primary_key=True),
    sa.Column("holds", sa.Boolean, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.CheckConstraint("kind IN ('section', 'topic')", name="kind"),
)

token = sa.Table(
    "token",
    metadata,
    sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("hash", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("scopes", pg.ARRAY(sa.Text), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("expires_at", Moment),
    sa.Column("revoked_at", Moment),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("detail", pg.JSONB, nullable=False),
)

partner = sa.Table(
    "partner",
    metadata,
    sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    _text("title"),
    sa.Column("origins", pg.ARRAY(sa.Text), nullable=False),
    sa.Column("per_minute", sa.Integer, nullable=False),
    sa.Column("per_day", sa.Integer, nullable=False),
    sa.Column("is_declared", sa.Boolean, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
)

partner_key = sa.Table(
    "partner_key",
    metadata,
    sa.Column("hash", sa.LargeBinary, primary_key=True),
    sa.Column("partner_id", sa.ForeignKey("partner.id"), nullable=False, index=True),
    sa.Column("hint", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("ends_at", Moment),
)

partner_usage = sa.Table(
    "partner_usage",
    metadata,
    sa.Column("partner_id", sa.ForeignKey("partner.id"), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    *(
        sa.Column(name, sa.BigInteger, nullable=False, server_default="0")
        for name in ("served", "limited", "refused")
    ),
)

usage_batch = sa.Table(
    "usage_batch",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("at", Moment, nullable=False),
)

reindex = sa.Table(
    "reindex",
    metadata,
    sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
    sa.Column("scope", pg.JSONB, nullable=False),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, server_default="running"),
    sa.Column("cursor", sa.BigInteger, nullable=False, server_default="0"),
    _count("total"),
    _count("done"),
    _count("changed"),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("finished_at", Moment),
    sa.Column("is_dry", sa.Boolean, nullable=False, server_default="false"),
    sa.Column("per_minute", sa.Integer),
    sa.Column("diff", pg.JSONB, nullable=False, server_default="[]"),
    sa.CheckConstraint("mode IN ('refile', 'relate', 'publish')", name="mode"),
    sa.CheckConstraint("state IN ('running', 'paused', 'finished', 'cancelled')", name="state"),
)

model = sa.Table(
    "model",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("articles", sa.Integer, nullable=False),
    _text("notes"),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
)
sa.Index("uq_model_active", model.c.kind, unique=True, postgresql_where=model.c.active)
