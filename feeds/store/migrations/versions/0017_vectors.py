"""Vectors of articles"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


class Halfvec(sa.types.UserDefinedType[object]):
    """pgvector's vectors in half precision."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Name the type in SQL."""
        return "halfvec"


def upgrade() -> None:
    """Apply; articles get vectors when words are next counted over the store."""
    # Only a superuser may create it, and whoever runs PostgreSQL elsewhere may have done so.
    op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    op.create_table(
        "article_vector",
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "written",
            sa.BigInteger(),
            server_default=sa.text("CAST(CAST(pg_current_xact_id() AS text) AS bigint)"),
            nullable=False,
        ),
        sa.Column("vector", Halfvec(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_article_vector")),
    )
    op.create_index("ix_article_vector_version_written", "article_vector", ["version", "written"])


def downgrade() -> None:
    """Undo; the extension stays, for others may use it."""
    op.drop_table("article_vector")
