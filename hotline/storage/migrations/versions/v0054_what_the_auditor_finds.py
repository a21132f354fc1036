"""What the auditor finds, whom it rings, and incidents of what it finds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql import sqltypes

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

BEFORE = "part in ('database', 'switchboard', 'redis', 'carrier', 'account')"
NOW = (
    "part in ('database', 'switchboard', 'redis', 'carrier', 'account', 'auditor', 'escalations',"
    " 'deliveries', 'dispatcher', 'callers', 'spool', 'disk', 'clocks', 'audit', 'drill')"
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "watch_finding",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        sa.Column("kind", sqltypes.AutoString(), nullable=False),
        sa.Column("row_id", sqltypes.AutoString(), nullable=False, server_default=""),
        _moment("since"),
        _moment("found_at"),
        _moment("gone_at", nullable=True),
    )
    op.create_index(
        "watch_finding_open",
        "watch_finding",
        ["kind", "row_id"],
        unique=True,
        postgresql_where=sa.text("gone_at is null"),
    )
    op.create_table(
        "watch_page",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("address", sqltypes.AutoString(), nullable=False),
        sa.Column("kinds", JSONB(), nullable=False),
        _moment("at"),
        _moment("acknowledged_at", nullable=True),
        _moment("ended_at", nullable=True),
        _moment("texted_at", nullable=True),
    )
    op.create_index("watch_page_at", "watch_page", ["at"])
    _parts(NOW)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sqltypes.UTCDateTime(), nullable=nullable)


def _parts(known: str) -> None:
    op.drop_constraint("part_is_known", "incident", type_="check")
    op.create_check_constraint("part_is_known", "incident", known)


def downgrade() -> None:
    """Take back, with the incidents that only the auditor knew."""
    op.execute(f"delete from incident where not ({BEFORE})")  # noqa: S608 – our own words
    _parts(BEFORE)
    op.drop_table("watch_page")
    op.drop_table("watch_finding")
