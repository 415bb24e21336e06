"""A decision on several pairs is one, and what it replaced is kept until it is taken back"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None

_KEY = ["left_id", "right_id", "kind"]

# The number of a decision is that of its line in the audit, which was written with it.
_NUMBER = """
    UPDATE verdict v SET decision = numbered.decision FROM (
      SELECT left_id, right_id, kind, coalesce(
        (SELECT max(id) FROM audit a WHERE a.at = w.at AND a.actor = w.by
           AND a.action IN ('split', 'merge') AND a.detail ->> 'kind' = w.kind),
        -dense_rank() OVER (ORDER BY w.at DESC, w.by)) AS decision
      FROM verdict w) numbered
    WHERE (v.left_id, v.right_id, v.kind) = (numbered.left_id, numbered.right_id, numbered.kind)
"""
_REPLACED = """
    DELETE FROM verdict v USING verdict w
    WHERE (v.left_id, v.right_id, v.kind) = (w.left_id, w.right_id, w.kind)
      AND v.decision < w.decision
"""


def upgrade() -> None:
    """Apply."""
    op.add_column("verdict", sa.Column("decision", sa.BigInteger()))
    op.execute(_NUMBER)
    op.alter_column("verdict", "decision", nullable=False)
    op.alter_column("verdict", "together", nullable=True)
    op.drop_constraint(op.f("pk_verdict"), "verdict")
    op.create_primary_key(op.f("pk_verdict"), "verdict", [*_KEY, "decision"])
    op.create_index(op.f("ix_verdict_decision"), "verdict", ["decision"])


def downgrade() -> None:
    """Undo."""
    op.execute(_REPLACED)
    op.execute("DELETE FROM verdict WHERE together IS NULL")
    op.drop_index(op.f("ix_verdict_decision"), "verdict")
    op.drop_constraint(op.f("pk_verdict"), "verdict")
    op.drop_column("verdict", "decision")
    op.alter_column("verdict", "together", nullable=False)
    op.create_primary_key(op.f("pk_verdict"), "verdict", _KEY)
