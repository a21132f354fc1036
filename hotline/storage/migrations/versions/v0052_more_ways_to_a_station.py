"""Stations are told by text, mail and webhook beside the telephone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql import sqltypes

revision = "0052"
down_revision = "0050"
branch_labels = None
depends_on = None

BEFORE = (
    "pending", "submitting", "unknown", "submitted", "answered",
    "acknowledged", "failed", "superseded", "dead",
)  # fmt: skip
TEXTS = {"email": "", "webhook_url": "", "webhook_secret_sealed": "", "language": "cmn"}
ONLY_PHONE = sa.text("'[\"phone\"]'::jsonb")


def upgrade() -> None:
    """Apply. Whoever was rung before is rung, and told in no other way."""
    _known("channel", "phone", "text", "mail", "webhook")
    _known("state", *BEFORE, "delivered")
    op.add_column("delivery", sa.Column("sent_at", sqltypes.UTCDateTime(), nullable=True))
    op.add_column(
        "station_contact",
        sa.Column("channels", JSONB(), nullable=False, server_default=ONLY_PHONE),
    )
    for name, default in TEXTS.items():
        op.add_column("station_contact", _text(name, default))


def _text(name: str, default: str) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), nullable=False, server_default=default)


def _known(column: str, *words: str) -> None:
    op.drop_constraint(f"{column}_is_known", "delivery", type_="check")
    allowed = ", ".join(f"'{word}'" for word in words)
    op.create_check_constraint(f"{column}_is_known", "delivery", f"{column} in ({allowed})")


def downgrade() -> None:
    """Take back. What was told in writing is forgotten, what a phone was rung for stays."""
    for name in ("channels", *TEXTS):
        op.drop_column("station_contact", name)
    op.drop_column("delivery", "sent_at")
    written = "select id from delivery where channel <> 'phone' or state = 'delivered'"
    op.execute(f"delete from attempt where id in ({written})")  # noqa: S608 – our own words
    op.execute("delete from delivery where channel <> 'phone' or state = 'delivered'")
    _known("state", *BEFORE)
    _known("channel", "phone")
