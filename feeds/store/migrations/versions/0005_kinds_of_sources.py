"""Kinds of sources, shared ids, doubted links, addresses in the ledger"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("source", sa.Column("kind", sa.Text(), nullable=True))
    op.add_column("source", sa.Column("kind_why", sa.Text(), server_default="", nullable=False))
    op.create_check_constraint(
        op.f("ck_source_kind"), "source", "kind IN ('feed', 'sitemap', 'page')"
    )
    # Only feeds could be read before; a page that one of them answers once moves no source.
    op.execute("UPDATE source SET kind = 'feed', kind_why = 'read before' WHERE ok_at IS NOT NULL")
    op.create_table(
        "shared_guid",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("guid", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["source.id"],
            name=op.f("fk_shared_guid_source_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("source_id", "guid", name=op.f("pk_shared_guid")),
    )
    op.add_column("link", sa.Column("entry_hash", sa.LargeBinary(), nullable=True))
    op.add_column("link", sa.Column("doubt", sa.Text(), nullable=True))
    op.add_column(
        "fetch_event", sa.Column("links", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("ledger", sa.Column("address", sa.Text(), nullable=True))
    op.create_index(
        "ix_ledger_address",
        "ledger",
        ["address"],
        postgresql_where=sa.text("address IS NOT NULL"),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_ledger_address", table_name="ledger")
    op.drop_column("ledger", "address")
    op.drop_column("fetch_event", "links")
    op.drop_column("link", "doubt")
    op.drop_column("link", "entry_hash")
    op.drop_table("shared_guid")
    op.drop_constraint(op.f("ck_source_kind"), "source")
    op.drop_column("source", "kind_why")
    op.drop_column("source", "kind")
