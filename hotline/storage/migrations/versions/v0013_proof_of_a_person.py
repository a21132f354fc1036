"""A talk is joined by proven people only, and a hold that may have had its effect is remembered."""

import sqlalchemy as sa
from alembic import op
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
    op.create_unique_constraint(
        "station_contact_station_id_key_key", "station_contact", ["station_id", "key"]
    )
    op.alter_column("participant", "held", nullable=True)
    _add("participant", "proof", sqltypes.AutoString(), "''")
    op.execute(PROVEN)


def _add(table: str, name: str, kind: sa.types.TypeEngine[object], value: str) -> None:
    """A column that always has a value; `value`: what those rows get that are there."""
    op.add_column(table, sa.Column(name, kind, nullable=False, server_default=sa.text(value)))
    op.alter_column(table, name, server_default=None)


def downgrade() -> None:
    """Take back."""
    op.drop_column("station_contact", "key")
    op.drop_column("participant", "proof")
    op.execute("update participant set held = hold_wanted where held is null")
    op.alter_column("participant", "held", nullable=False)
