"""What people decide: verdicts on pairs of articles, placements in sections and topics"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "verdict",
        sa.Column("left_id", sa.BigInteger(), nullable=False),
        sa.Column("right_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("together", sa.Boolean(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint("left_id < right_id", name=op.f("ck_verdict_ordered")),
        sa.CheckConstraint("kind IN ('duplicate', 'story')", name=op.f("ck_verdict_kind")),
        _to_article("verdict", "left_id"),
        _to_article("verdict", "right_id"),
        sa.PrimaryKeyConstraint("left_id", "right_id", "kind", name=op.f("pk_verdict")),
    )
    op.create_index(op.f("ix_verdict_right_id"), "verdict", ["right_id"])
    op.create_table(
        "placement",
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('section', 'topic')", name=op.f("ck_placement_kind")),
        _to_article("placement", "article_id"),
        sa.PrimaryKeyConstraint("article_id", "kind", "slug", name=op.f("pk_placement")),
    )


def _to_article(table: str, column: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], ["article.id"], name=name, ondelete="CASCADE")


def downgrade() -> None:
    """Take back."""
    op.drop_table("placement")
    op.drop_table("verdict")
