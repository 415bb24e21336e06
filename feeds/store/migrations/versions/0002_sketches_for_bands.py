"""Sketches instead of signatures and bands; relations without foreign keys

What was marked the old way is related again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_AGAIN = """
INSERT INTO work (kind, key, lane, marked_at, run_at)
SELECT 'relate', article_id::text, 'live', now(), now() FROM fingerprint
ON CONFLICT (kind, key) DO UPDATE SET want = work.want + 1
"""


def upgrade() -> None:
    """Apply."""
    # Compressing both cost a third of storing an article; they are a few kilobytes.
    for column in ("html", "text"):
        op.execute(f"ALTER TABLE article ALTER COLUMN {column} SET STORAGE EXTERNAL")
    op.execute(_AGAIN)
    op.drop_table("band")
    op.create_table(
        "shingle",
        sa.Column("shingle", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("shingle", "article_id", name=op.f("pk_shingle")),
    )
    op.drop_index(op.f("ix_fingerprint_exact"), table_name="fingerprint")
    op.drop_column("fingerprint", "bands")
    op.drop_column("fingerprint", "signature")
    op.add_column(
        "fingerprint", sa.Column("sketch", sa.LargeBinary(), nullable=False, server_default="")
    )
    op.alter_column("fingerprint", "sketch", server_default=None)
    for end in ("left_id", "right_id"):
        op.drop_constraint(op.f(f"fk_relation_{end}"), "relation", type_="foreignkey")
    for table in ("article_author", "article_topic"):
        op.drop_index(f"ix_{table}_newest", table_name=table)
        dates = [sa.text("effective_at DESC"), sa.text("article_id DESC")]
        op.create_index(f"ix_{table}_newest", table, ["slug", *dates])


def downgrade() -> None:
    """Undo."""
    for column in ("html", "text"):
        op.execute(f"ALTER TABLE article ALTER COLUMN {column} SET STORAGE EXTENDED")
    for table in ("article_author", "article_topic"):
        op.drop_index(f"ix_{table}_newest", table_name=table)
        op.create_index(f"ix_{table}_newest", table, ["slug", sa.text("effective_at DESC")])
    for end in ("left_id", "right_id"):
        op.create_foreign_key(
            op.f(f"fk_relation_{end}"), "relation", "article", [end], ["id"], ondelete="CASCADE"
        )
    for name in ("signature", "bands"):
        op.add_column(
            "fingerprint", sa.Column(name, sa.LargeBinary(), nullable=False, server_default="")
        )
        op.alter_column("fingerprint", name, server_default=None)
    op.drop_column("fingerprint", "sketch")
    op.create_index(op.f("ix_fingerprint_exact"), "fingerprint", ["exact"])
    op.drop_table("shingle")
    op.create_table(
        "band",
        sa.Column("band", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("band", "article_id", name=op.f("pk_band")),
    )
    op.execute(_AGAIN)
