"""Whole texts are searched, too; what is stored is made so when there is time"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_MARK_ALL = """
INSERT INTO work (kind, key, lane, marked_at, run_at)
SELECT 'search_whole', 'due', 'reindex', now(), now() WHERE EXISTS (SELECT FROM whole_due)
"""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "searchable_whole",
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_searchable_whole")),
    )
    op.create_index(
        "ix_searchable_whole_words", "searchable_whole", ["words"], postgresql_using="gin"
    )
    op.create_index(
        "ix_searchable_whole_newest",
        "searchable_whole",
        [sa.text("effective_at DESC"), sa.text("article_id DESC")],
    )
    op.create_table(
        "whole_due",
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_whole_due")),
    )
    op.execute("INSERT INTO whole_due SELECT id FROM article WHERE length(text) > 600")
    op.execute(_MARK_ALL)


def downgrade() -> None:
    """Take back."""
    op.execute("DELETE FROM work WHERE kind = 'search_whole'")
    for table in ("whole_due", "searchable_whole"):
        op.drop_table(table)
