"""What is counted over the store, and articles as vectors of weighed features"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


_AGAIN = """
INSERT INTO work (kind, key, lane, marked_at, run_at)
SELECT 'relate', article_id::text, 'live', now(), now() FROM fingerprint
ON CONFLICT (kind, key) DO UPDATE SET want = work.want + 1
"""


def upgrade() -> None:
    """Apply; articles are found by their features once they are related again."""
    op.create_table(
        "statistic",
        sa.Column("version", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("fitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_statistic")),
    )
    for name in ("features", "feature_weights"):
        column = sa.Column(name, sa.LargeBinary(), server_default="", nullable=False)
        op.add_column("fingerprint", column)
    op.add_column(
        "fingerprint", sa.Column("version", sa.Integer(), server_default="0", nullable=False)
    )
    # Until now these were the heaviest terms: they would never be found, and never be dropped.
    op.execute("TRUNCATE posting")
    op.execute(_AGAIN)


def downgrade() -> None:
    """Undo."""
    op.execute("TRUNCATE posting")
    for name in ("version", "feature_weights", "features"):
        op.drop_column("fingerprint", name)
    op.drop_table("statistic")
