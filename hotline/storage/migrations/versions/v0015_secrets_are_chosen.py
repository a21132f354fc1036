"""Passwords and PINs that a person chose are told from those of the demo.

What is there counts as not looked at yet: `hotline migrate` and `hotline up` look afterwards.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

COLUMNS = (("staff", "password_chosen"), ("station_contact", "pin_chosen"))


def upgrade() -> None:
    """Apply."""
    for table, name in COLUMNS:
        no = sa.text("false")
        op.add_column(table, sa.Column(name, sa.Boolean(), nullable=False, server_default=no))
        op.alter_column(table, name, server_default=None)


def downgrade() -> None:
    """Take back."""
    for table, name in COLUMNS:
        op.drop_column(table, name)
