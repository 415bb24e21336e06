"""Reindexes that are previewed, paced, paused and cancelled"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "reindex", sa.Column("is_dry", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("reindex", sa.Column("per_minute", sa.Integer(), nullable=True))
    op.add_column("reindex", sa.Column("diff", pg.JSONB(), server_default="[]", nullable=False))
    op.drop_column("reindex", "error")  # never written: it stands with the work that failed
    _states("'running', 'paused', 'finished', 'cancelled'")


def downgrade() -> None:
    """Undo."""
    op.execute("UPDATE reindex SET state = 'finished' WHERE state IN ('paused', 'cancelled')")
    _states("'running', 'finished', 'failed'")
    op.add_column("reindex", sa.Column("error", sa.Text(), nullable=True))
    for column in ("diff", "per_minute", "is_dry"):
        op.drop_column("reindex", column)


def _states(names: str) -> None:
    op.drop_constraint(op.f("ck_reindex_state"), "reindex", type_="check")
    op.create_check_constraint(op.f("ck_reindex_state"), "reindex", f"state IN ({names})")
