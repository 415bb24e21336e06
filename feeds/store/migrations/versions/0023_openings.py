"""Openings, by which an excerpt finds the whole text; what is marked already has none"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None

# Each key is eight bytes, the lowest first. What stayed would stand in the way of the same rows.
_FORGET = """
    DELETE FROM shingle USING (
      SELECT article_id, n, bit_or(CAST(get_byte(opening, 8 * n + k) AS bigint) << (8 * k)) AS key
      FROM fingerprint, generate_series(0, length(opening) / 8 - 1) n, generate_series(0, 7) k
      GROUP BY article_id, n
    ) own
    WHERE shingle.shingle = own.key AND shingle.article_id = own.article_id
"""


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "fingerprint", sa.Column("opening", sa.LargeBinary(), server_default="", nullable=False)
    )


def downgrade() -> None:
    """Undo."""
    op.execute(_FORGET)
    op.drop_column("fingerprint", "opening")
