"""Which browser has a counselor's phone, and what it last said of it."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

COLUMNS = ("console", "phone")


def upgrade() -> None:
    """Apply. Nobody's console is known yet: each says so with its next answer."""
    for name in COLUMNS:
        op.add_column(
            "presence", sa.Column(name, sqltypes.AutoString(), nullable=False, server_default="")
        )


def downgrade() -> None:
    """Take back."""
    for name in COLUMNS:
        op.drop_column("presence", name)
