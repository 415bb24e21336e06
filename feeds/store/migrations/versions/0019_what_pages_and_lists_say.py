"""Articles that their source lists no longer, pages of entries, notes of fetches"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "unlisted",
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("doubted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name=op.f("fk_unlisted_article_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["source.id"],
            name=op.f("fk_unlisted_source_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_unlisted")),
    )
    op.create_index("ix_unlisted_source_id_doubted_at", "unlisted", ["source_id", "doubted_at"])
    op.create_table(
        "entry_page",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("guid", sa.Text(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.Column("ended", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_entry_page_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "guid", name=op.f("pk_entry_page")),
    )
    op.add_column("fetch_event", sa.Column("note", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Undo."""
    op.drop_column("fetch_event", "note")
    op.drop_table("entry_page")
    op.drop_table("unlisted")
