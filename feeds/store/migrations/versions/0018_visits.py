"""Requests beside the polls, counted at their hosts; a source's other hubs"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "visit",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        prefixes=["UNLOGGED"],
    )
    op.create_index(op.f("ix_visit_host"), "visit", ["host"])
    texts = pg.ARRAY(sa.Text())
    op.add_column(
        "subscription", sa.Column("other_hubs", texts, server_default="{}", nullable=False)
    )


def downgrade() -> None:
    """Undo."""
    op.drop_column("subscription", "other_hubs")
    op.drop_table("visit")
