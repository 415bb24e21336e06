"""Items rendered once; what feeds were, their pages and their other names"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Feeds stay whole as they are until they are built again, which is asked for at once.
_REBUILD = """
    INSERT INTO work (kind, key, marked_at, run_at) SELECT 'publish', key, now(), now() FROM feed
    ON CONFLICT (kind, key) DO UPDATE SET want = work.want + 1, dead_at = NULL
"""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "fragment",
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_from", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("article_id", "hash", name=op.f("pk_fragment")),
    )
    op.create_index(
        "ix_fragment_superseded_at",
        "fragment",
        ["superseded_at"],
        postgresql_where=sa.text("superseded_at IS NOT NULL"),
    )
    # They are compressed by us.
    op.execute("ALTER TABLE fragment ALTER COLUMN body SET STORAGE EXTERNAL")
    op.create_table(
        "feed_past",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("etags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", "version", name=op.f("pk_feed_past")),
    )
    op.create_table(
        "feed_page",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("article_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.PrimaryKeyConstraint("key", "page", name=op.f("pk_feed_page")),
    )
    op.create_table(
        "feed_alias",
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("old", name=op.f("pk_feed_alias")),
    )
    op.create_index(op.f("ix_feed_alias_new"), "feed_alias", ["new"])
    op.create_index(op.f("ix_tombstone_at"), "tombstone", ["at"])
    hashes = sa.Column("hashes", sa.LargeBinary(), server_default="", nullable=False)
    op.add_column("feed", hashes)
    op.add_column("feed", sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True))
    op.alter_column("feed_file", "body", new_column_name="before")
    after = sa.Column("after", sa.LargeBinary(), server_default="", nullable=False)
    op.add_column("feed_file", after)
    op.execute(_REBUILD)


def downgrade() -> None:
    """Take back; feeds are there again once they are rebuilt."""
    op.execute("DELETE FROM feed_file")
    op.drop_column("feed_file", "after")
    op.alter_column("feed_file", "before", new_column_name="body")
    op.drop_column("feed", "gone_at")
    op.drop_column("feed", "hashes")
    op.drop_index(op.f("ix_tombstone_at"), table_name="tombstone")
    op.drop_index(op.f("ix_feed_alias_new"), table_name="feed_alias")
    for name in ("feed_alias", "feed_page", "feed_past", "fragment"):
        op.drop_table(name)
    op.execute(_REBUILD)
