"""Polling that adapts: rhythms, hosts, moves and reasons"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_COUNTS = ("polls", "moves", "skip_hours", "skip_days")
# What the URL standard calls the host, as far as addresses that were accepted need it.
_HOST = r"lower(substring(url from '^https?://(?:[^/?#@]*@)?(\[[^]]*\]|[^/:?#]+)'))"
# Until now nobody could tell an editor's wish from the default of a quarter of an hour.
_DEFAULT_EVERY_S = 900


def upgrade() -> None:
    """Apply."""
    for column in _columns():
        op.add_column("source", column)
    for name in _COUNTS:
        op.add_column("source", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    op.add_column("fetch_event", sa.Column("why", sa.Text(), server_default="", nullable=False))
    op.alter_column("source", "every_s", nullable=True)
    op.execute(f"UPDATE source SET host = coalesce({_HOST}, '')")
    op.execute(f"UPDATE source SET every_s = NULL WHERE every_s = {_DEFAULT_EVERY_S}")
    op.create_table(
        "host",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tail_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_host")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("host")
    op.execute(f"UPDATE source SET every_s = {_DEFAULT_EVERY_S} WHERE every_s IS NULL")
    op.alter_column("source", "every_s", nullable=False)
    op.drop_column("fetch_event", "why")
    for name in (*_COUNTS, *(column.name for column in _columns())):
        op.drop_column("source", name)


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("host", sa.Text(), server_default="", nullable=False),
        sa.Column("declared_url", sa.Text(), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wait_s", sa.REAL(), nullable=True),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("place_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moved_to", sa.Text(), nullable=True),
        sa.Column("habit", postgresql.ARRAY(sa.Double()), nullable=True),
        sa.Column("ttl_s", sa.Integer(), nullable=True),
        sa.Column("ids_change", sa.Boolean(), server_default=sa.false(), nullable=False),
    ]
