"""The first tables"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_table(
        "author",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_author")),
    )
    op.create_table(
        "band",
        sa.Column("band", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("band", "article_id", name=op.f("pk_band")),
    )
    op.create_table(
        "feed",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("item_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_feed")),
    )
    op.create_table(
        "posting",
        sa.Column("term", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("term", "effective_at", "article_id", name=op.f("pk_posting")),
    )
    op.create_table(
        "reindex",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("scope", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="running", nullable=False),
        sa.Column("cursor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("changed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("mode IN ('refile', 'relate', 'publish')", name=op.f("ck_reindex_mode")),
        sa.CheckConstraint(
            "state IN ('running', 'finished', 'failed')", name=op.f("ck_reindex_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reindex")),
    )
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("home_url", sa.Text(), nullable=True),
        sa.Column("section", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("timezone", sa.Text(), server_default="", nullable=False),
        sa.Column("every_s", sa.Integer(), nullable=False),
        sa.Column("full_text", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("paused", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("body_hash", sa.LargeBinary(), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ok_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("hub_url", sa.Text(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("name", name=op.f("uq_source_name")),
        sa.UniqueConstraint("url", name=op.f("uq_source_url")),
    )
    op.create_table(
        "token",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token")),
        sa.UniqueConstraint("hash", name=op.f("uq_token_hash")),
        sa.UniqueConstraint("name", name=op.f("uq_token_name")),
    )
    op.create_table(
        "work",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), server_default="live", nullable=False),
        sa.Column("want", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_token", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_work")),
    )
    op.create_index(
        "ix_work_dead",
        "work",
        ["dead_at"],
        unique=False,
        postgresql_where=sa.text("dead_at IS NOT NULL"),
    )
    op.create_index(
        "ix_work_due",
        "work",
        ["kind", "lane", "run_at"],
        unique=False,
        postgresql_where=sa.text("want > done AND dead_at IS NULL"),
    )
    op.create_index(
        "ix_work_leased",
        "work",
        ["kind", "lane", "lease_until"],
        unique=False,
        postgresql_where=sa.text("lease_until IS NOT NULL"),
    )
    op.create_table(
        "article",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("guid", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column(
            "categories",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        sa.Column(
            "image", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("via_title", sa.Text(), nullable=True),
        sa.Column("via_url", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("emitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("related_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), server_default="public", nullable=False),
        sa.Column("section", sa.Text(), nullable=True),
        sa.Column("section_why", sa.Text(), server_default="", nullable=False),
        sa.Column("section_confidence", sa.REAL(), server_default="0", nullable=False),
        sa.Column("duplicate_of", sa.BigInteger(), nullable=True),
        sa.Column("story_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('public', 'withdrawn')", name=op.f("ck_article_state")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_article_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
    )
    op.create_index(
        "ix_article_duplicate_of",
        "article",
        ["duplicate_of"],
        unique=False,
        postgresql_where=sa.text("duplicate_of IS NOT NULL"),
    )
    op.create_index("ix_article_first_seen_at", "article", ["first_seen_at"], unique=False)
    op.create_index(
        "ix_article_shown",
        "article",
        [sa.literal_column("effective_at DESC")],
        unique=False,
        postgresql_where=sa.text("state = 'public' AND related_at IS NOT NULL"),
    )
    op.create_index(
        "ix_article_newest",
        "article",
        [sa.literal_column("effective_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text(
            "state = 'public' AND related_at IS NOT NULL AND duplicate_of IS NULL"
        ),
    )
    op.create_index(
        "ix_article_section",
        "article",
        ["section", sa.literal_column("effective_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text(
            "state = 'public' AND related_at IS NOT NULL AND duplicate_of IS NULL"
        ),
    )
    op.create_index(op.f("ix_article_source_id"), "article", ["source_id"], unique=False)
    op.create_index(
        "ix_article_story_id",
        "article",
        ["story_id"],
        unique=False,
        postgresql_where=sa.text("story_id IS NOT NULL"),
    )
    op.create_table(
        "feed_file",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("format IN ('rss', 'atom', 'json')", name=op.f("ck_feed_file_format")),
        sa.ForeignKeyConstraint(
            ["key"], ["feed.key"], name=op.f("fk_feed_file_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "format", name=op.f("pk_feed_file")),
    )
    op.create_table(
        "fetch_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("bytes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ms", sa.Integer(), server_default="0", nullable=False),
        sa.Column("entries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("new", sa.Integer(), server_default="0", nullable=False),
        sa.Column("revised", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sightings", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rejected", sa.Integer(), server_default="0", nullable=False),
        sa.Column("quarantined", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unchanged", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_fetch_event_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fetch_event")),
    )
    op.create_index(
        "ix_fetch_event_history",
        "fetch_event",
        ["source_id", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "alias",
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_alias_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("identity", name=op.f("pk_alias")),
    )
    op.create_index(op.f("ix_alias_article_id"), "alias", ["article_id"], unique=False)
    op.create_table(
        "article_author",
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name=op.f("fk_article_author_article_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["slug"], ["author.slug"], name=op.f("fk_article_author_slug")),
        sa.PrimaryKeyConstraint("article_id", "slug", name=op.f("pk_article_author")),
    )
    op.create_index(
        "ix_article_author_newest",
        "article_author",
        ["slug", sa.literal_column("effective_at DESC")],
        unique=False,
    )
    op.create_table(
        "article_topic",
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("confidence", sa.REAL(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name=op.f("fk_article_topic_article_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("article_id", "slug", name=op.f("pk_article_topic")),
    )
    op.create_index(
        "ix_article_topic_newest",
        "article_topic",
        ["slug", sa.literal_column("effective_at DESC")],
        unique=False,
    )
    op.create_table(
        "fingerprint",
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("exact", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("bands", sa.LargeBinary(), nullable=False),
        sa.Column("terms", sa.LargeBinary(), nullable=False),
        sa.Column("weights", sa.LargeBinary(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("floor", sa.REAL(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name=op.f("fk_fingerprint_article_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_fingerprint")),
    )
    op.create_index(op.f("ix_fingerprint_exact"), "fingerprint", ["exact"], unique=False)
    op.create_table(
        "ledger",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_ledger_article_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_ledger_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "label", "entry_hash", name=op.f("pk_ledger")),
    )
    op.create_index(op.f("ix_ledger_article_id"), "ledger", ["article_id"], unique=False)
    op.create_table(
        "link",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("article_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_link_article_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_link_source_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_link")),
    )
    op.create_index(op.f("ix_link_article_id"), "link", ["article_id"], unique=False)
    op.create_index(op.f("ix_link_source_id"), "link", ["source_id"], unique=False)
    op.create_table(
        "pin",
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_pin_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_pin")),
    )
    op.create_table(
        "reading",
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_reading_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "hour", name=op.f("pk_reading")),
    )
    op.create_index("ix_reading_hour", "reading", ["hour"], unique=False)
    op.create_table(
        "reading_seen",
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("reader", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name=op.f("fk_reading_seen_article_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("hour", "article_id", "reader", name=op.f("pk_reading_seen")),
    )
    op.create_index(
        op.f("ix_reading_seen_article_id"), "reading_seen", ["article_id"], unique=False
    )
    op.create_table(
        "relation",
        sa.Column("left_id", sa.BigInteger(), nullable=False),
        sa.Column("right_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("score", sa.REAL(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('topic', 'story', 'duplicate')", name=op.f("ck_relation_kind")
        ),
        sa.CheckConstraint("left_id < right_id", name=op.f("ck_relation_ordered")),
        sa.ForeignKeyConstraint(
            ["left_id"], ["article.id"], name=op.f("fk_relation_left_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["right_id"], ["article.id"], name=op.f("fk_relation_right_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("left_id", "right_id", "kind", name=op.f("pk_relation")),
    )
    op.create_index("ix_relation_right", "relation", ["right_id", "kind"], unique=False)
    op.create_table(
        "revision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_revision_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
    )
    op.create_index(op.f("ix_revision_article_id"), "revision", ["article_id"], unique=False)
    op.create_table(
        "sighting",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("guid", sa.Text(), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_sighting_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_sighting_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "guid", name=op.f("pk_sighting")),
    )
    op.create_index(op.f("ix_sighting_article_id"), "sighting", ["article_id"], unique=False)
    op.create_index(
        "ix_sighting_newest",
        "sighting",
        ["source_id", sa.literal_column("effective_at DESC"), sa.literal_column("article_id DESC")],
        unique=False,
    )
    op.create_table(
        "tombstone",
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_tombstone_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_tombstone")),
    )
    # Feeds are read whole and replaced often; compressing them would cost more than the space.
    op.execute("ALTER TABLE feed_file ALTER COLUMN body SET STORAGE EXTERNAL")


def downgrade() -> None:
    """Undo."""
    op.drop_table("tombstone")
    op.drop_index("ix_sighting_newest", table_name="sighting")
    op.drop_index(op.f("ix_sighting_article_id"), table_name="sighting")
    op.drop_table("sighting")
    op.drop_index(op.f("ix_revision_article_id"), table_name="revision")
    op.drop_table("revision")
    op.drop_index("ix_relation_right", table_name="relation")
    op.drop_table("relation")
    op.drop_index(op.f("ix_reading_seen_article_id"), table_name="reading_seen")
    op.drop_table("reading_seen")
    op.drop_index("ix_reading_hour", table_name="reading")
    op.drop_table("reading")
    op.drop_table("pin")
    op.drop_index(op.f("ix_link_source_id"), table_name="link")
    op.drop_index(op.f("ix_link_article_id"), table_name="link")
    op.drop_table("link")
    op.drop_index(op.f("ix_ledger_article_id"), table_name="ledger")
    op.drop_table("ledger")
    op.drop_index(op.f("ix_fingerprint_exact"), table_name="fingerprint")
    op.drop_table("fingerprint")
    op.drop_index("ix_article_topic_newest", table_name="article_topic")
    op.drop_table("article_topic")
    op.drop_index("ix_article_author_newest", table_name="article_author")
    op.drop_table("article_author")
    op.drop_index(op.f("ix_alias_article_id"), table_name="alias")
    op.drop_table("alias")
    op.drop_index("ix_fetch_event_history", table_name="fetch_event")
    op.drop_table("fetch_event")
    op.drop_table("feed_file")
    op.drop_index(
        "ix_article_story_id",
        table_name="article",
        postgresql_where=sa.text("story_id IS NOT NULL"),
    )
    op.drop_index(op.f("ix_article_source_id"), table_name="article")
    op.drop_index(
        "ix_article_section",
        table_name="article",
        postgresql_where=sa.text(
            "state = 'public' AND related_at IS NOT NULL AND duplicate_of IS NULL"
        ),
    )
    op.drop_index(
        "ix_article_shown",
        table_name="article",
        postgresql_where=sa.text("state = 'public' AND related_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_article_newest",
        table_name="article",
        postgresql_where=sa.text(
            "state = 'public' AND related_at IS NOT NULL AND duplicate_of IS NULL"
        ),
    )
    op.drop_index("ix_article_first_seen_at", table_name="article")
    op.drop_index(
        "ix_article_duplicate_of",
        table_name="article",
        postgresql_where=sa.text("duplicate_of IS NOT NULL"),
    )
    op.drop_table("article")
    op.drop_index(
        "ix_work_leased", table_name="work", postgresql_where=sa.text("lease_until IS NOT NULL")
    )
    op.drop_index(
        "ix_work_due",
        table_name="work",
        postgresql_where=sa.text("want > done AND dead_at IS NULL"),
    )
    op.drop_index(
        "ix_work_dead", table_name="work", postgresql_where=sa.text("dead_at IS NOT NULL")
    )
    op.drop_table("work")
    op.drop_table("token")
    op.drop_table("source")
    op.drop_table("reindex")
    op.drop_table("posting")
    op.drop_table("feed")
    op.drop_table("band")
    op.drop_table("author")
    op.drop_table("audit")
