"""Tries to sign in are counted for all processes; names of accounts are kept in one form."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# Files allow plain letters only, so lower case is the one form. Where two accounts differ in
# nothing else, both keep their name: the files say which of them is to go.
ONE_FORM = """
    update staff set username = lower(username)
    where username <> lower(username) and not exists (
        select from staff other
        where other.id <> staff.id and lower(other.username) = lower(staff.username))
"""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "sign_in_try",
        sa.Column("key", sqltypes.AutoString(), primary_key=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("began_at", sqltypes.UTCDateTime(), nullable=False),
    )
    op.create_index("ix_sign_in_try_began_at", "sign_in_try", ["began_at"])
    op.execute(ONE_FORM)


def downgrade() -> None:
    """Take back."""
    op.drop_table("sign_in_try")
