"""How old a caller is, and whom they would rather talk to, as far as they said."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SAID = ("age_group", "wished_gender")


def upgrade() -> None:
    """Apply."""
    for name in SAID:
        op.add_column("call", sa.Column(name, sqltypes.AutoString(), nullable=True))


def downgrade() -> None:
    """Take back. What callers said is gone."""
    for name in SAID:
        op.drop_column("call", name)
