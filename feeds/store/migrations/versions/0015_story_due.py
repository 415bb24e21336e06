"""Stories are settled after their articles were related"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table("story_due", sa.Column("article_id", sa.BigInteger(), nullable=False))


def downgrade() -> None:
    """Undo; what is still due is related again, which settles it."""
    op.execute(
        "INSERT INTO work (kind, key, lane, marked_at, run_at)"
        " SELECT DISTINCT 'relate', article_id::text, 'live', now(), now() FROM story_due"
        " ON CONFLICT (kind, key) DO UPDATE SET want = work.want + 1"
    )
    op.drop_table("story_due")
