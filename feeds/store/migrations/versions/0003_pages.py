"""Rules of a source for its pages; what hosts say in robots.txt"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "source",
        sa.Column(
            "article",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
    )
    op.create_table(
        "robots",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("closed", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_robots")),
    )
    op.create_index(op.f("ix_robots_expires_at"), "robots", ["expires_at"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_robots_expires_at"), table_name="robots")
    op.drop_table("robots")
    op.drop_column("source", "article")
