"""No foreign keys where each article brings several rows"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_KEYS = {
    "alias": ["article_id"],
    "article_author": ["article_id", "slug"],
    "article_topic": ["article_id"],
    "fingerprint": ["article_id"],
    "ledger": ["article_id", "source_id"],
    "sighting": ["article_id", "source_id"],
}
_NAMES = {
    "article_id": ("article", "id"),
    "source_id": ("source", "id"),
    "slug": ("author", "slug"),
}


def upgrade() -> None:
    """Apply."""
    for table, columns in _KEYS.items():
        for column in columns:
            op.drop_constraint(op.f(f"fk_{table}_{column}"), table, type_="foreignkey")


def downgrade() -> None:
    """Undo."""
    for table, columns in _KEYS.items():
        for column in columns:
            other, key = _NAMES[column]
            name = op.f(f"fk_{table}_{column}")
            op.create_foreign_key(name, table, other, [column], [key])
