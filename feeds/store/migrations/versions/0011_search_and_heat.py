"""What articles are searched by, and how warm readers keep them

All that is stored is to be made searchable; what was read so far warms what it was about.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_MARK_ALL = """
INSERT INTO work (kind, key, lane, marked_at, run_at)
SELECT 'search', 'due', 'live', now(), now() WHERE EXISTS (SELECT FROM search_due)
ON CONFLICT (kind, key) DO UPDATE SET want = work.want + 1
"""
# Halves in a day; see feeds.store.readings.
_WARM = """
INSERT INTO warmth (article_id, level)
SELECT article_id, newest + ln(sum(count * exp(greatest(-700, level - newest)))) FROM (
  SELECT article_id, count, extract(epoch FROM hour)::float8 / 86400 * ln(2::float8) AS level,
    max(extract(epoch FROM hour)::float8 / 86400 * ln(2::float8)) OVER (PARTITION BY article_id)
      AS newest
  FROM reading WHERE count > 0
) r GROUP BY article_id, newest
"""


def upgrade() -> None:
    """Apply."""
    article = sa.ForeignKeyConstraint(
        ["article_id"], ["article.id"], name=op.f("fk_warmth_article_id"), ondelete="CASCADE"
    )
    op.create_table(
        "searchable",
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_searchable")),
    )
    op.create_index("ix_searchable_words", "searchable", ["words"], postgresql_using="gin")
    op.create_index(
        "ix_searchable_newest",
        "searchable",
        [sa.text("effective_at DESC"), sa.text("article_id DESC")],
    )
    op.create_table(
        "search_due",
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_search_due")),
    )
    op.create_table(
        "warmth",
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_warmth")),
        article,
    )
    op.create_index("ix_warmth_level", "warmth", [sa.text("level DESC")])
    op.execute("INSERT INTO search_due SELECT id FROM article")
    op.execute(_MARK_ALL)
    op.execute(_WARM)


def downgrade() -> None:
    """Take back."""
    op.execute("DELETE FROM work WHERE kind = 'search'")
    for table in ("warmth", "search_due", "searchable"):
        op.drop_table(table)
