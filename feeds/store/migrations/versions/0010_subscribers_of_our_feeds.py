"""Subscribers of our feeds, what they asked for, and the hubs outside that we tell"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_PLACE = ("callback", "feed_key", "format")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "subscriber",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *_texts("feed_key", "format", "callback", "topic"),
        _text("secret"),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("lease_until", _MOMENT, nullable=False),
        sa.Column("retry_at", _MOMENT, nullable=False),
        _text("etag"),
        sa.Column("delivered_at", _MOMENT, nullable=True),
        _count("delivered"),
        _count("failures"),
        _text("error"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriber")),
        sa.UniqueConstraint(*_PLACE, name=op.f("uq_subscriber_callback_feed_key_format")),
    )
    op.create_index(op.f("ix_subscriber_feed_key"), "subscriber", ["feed_key"])
    op.create_index(op.f("ix_subscriber_lease_until"), "subscriber", ["lease_until"])
    op.create_table(
        "hub_request",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *_texts("mode", "feed_key", "format", "callback", "topic"),
        _text("secret"),
        sa.Column("lease_s", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), server_default="1", nullable=False),
        _count("failures"),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "mode IN ('subscribe', 'unsubscribe')", name=op.f("ck_hub_request_mode")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_request")),
        sa.UniqueConstraint(*_PLACE, name=op.f("uq_hub_request_callback_feed_key_format")),
    )
    op.create_table(
        "hub_count",
        *_texts("outcome"),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("outcome", name=op.f("pk_hub_count")),
    )
    op.create_table(
        "outside_hub",
        *_texts("url"),
        sa.Column("pinged_at", _MOMENT, nullable=True),
        sa.Column("failed_at", _MOMENT, nullable=True),
        _count("failures"),
        _text("error"),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_outside_hub")),
    )


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default="0", nullable=False)


def downgrade() -> None:
    """Undo."""
    op.drop_table("outside_hub")
    op.drop_table("hub_count")
    op.drop_table("hub_request")
    op.drop_table("subscriber")
