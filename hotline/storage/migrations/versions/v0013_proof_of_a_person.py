"""A talk is joined by proven people only; contacts are known by a key; what is revoked stays so.

A record keeps its versions.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql import sqltypes

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Whoever is in a talk already has shown it: nobody is asked again.
PROVEN = """
    update participant set proof = case when address like 'client:%' then 'browser' else 'key' end
    where role <> 'caller' and state = 'in_talk'
"""


# Who changed a record last stands in the timeline; before this, nothing older was kept.
NEWEST = """
    insert into record_version (call_id, version, staff_id, contact_type, topics, risk, disposition,
        follow_up, narrative_sealed, saved_at)
    select call_id, 1, coalesce(
            (select entry.staff_id from call_event entry where entry.call_id = record.call_id
                and entry.kind = 'record.changed' order by entry.id desc limit 1), staff_id),
        contact_type, topics, risk, disposition, follow_up, narrative_sealed, saved_at
    from record
"""
COUNTS = (
    ("staff", "generation"),
    ("staff", "revision"),
    ("staff_session", "generation"),
    ("offer", "revision"),
)
# Until now a contact was whoever bore the name; from now on, whoever has the phone, or an id.
KEYS = """
    update station_contact set key = case
        when id = (
            select other.id from station_contact other
            where other.station_id = station_contact.station_id
                and other.phone = station_contact.phone
            order by other.active desc, other.rank, other.id limit 1)
        then phone else id end
"""


def upgrade() -> None:
    """Apply."""
    _add("station_contact", "key", sqltypes.AutoString(), "''")
    op.execute(KEYS)
    op.alter_column("station_contact", "key", server_default=None)
    op.create_unique_constraint(
        "station_contact_station_id_key_key", "station_contact", ["station_id", "key"]
    )
    op.alter_column("participant", "held", nullable=True)
    _add("participant", "proof", sqltypes.AutoString(), "''")
    op.execute(PROVEN)
    _keep_versions()
    for table, name in COUNTS:
        _add(table, name, sa.Integer(), "0")


def _keep_versions() -> None:
    _add("record", "version", sa.Integer(), "0")
    op.execute("update record set version = 1")
    words = ("contact_type", "risk", "disposition", "narrative_sealed")
    op.create_table(
        "record_version",
        sa.Column("call_id", sqltypes.AutoString(), sa.ForeignKey("call.id"), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("staff_id", sqltypes.AutoString(), sa.ForeignKey("staff.id"), nullable=False),
        *(sa.Column(word, sqltypes.AutoString(), nullable=False) for word in words),
        sa.Column("topics", postgresql.JSONB(), nullable=False),
        sa.Column("follow_up", sa.Boolean(), nullable=False),
        sa.Column("saved_at", sqltypes.UTCDateTime(), nullable=False),
    )
    op.execute(NEWEST)


def _add(table: str, name: str, kind: sa.types.TypeEngine[Any], value: str) -> None:
    """A column that always has a value; `value`: what those rows get that are there."""
    op.add_column(table, sa.Column(name, kind, nullable=False, server_default=sa.text(value)))


def downgrade() -> None:
    """Take back."""
    op.drop_table("record_version")
    op.drop_column("record", "version")
    for table, name in COUNTS:
        op.drop_column(table, name)
    op.drop_column("station_contact", "key")
    op.drop_column("participant", "proof")
    op.execute("update participant set held = hold_wanted where held is null")
    op.alter_column("participant", "held", nullable=False)
