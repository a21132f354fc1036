"""To lead is a lease that has to be renewed."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. A leader that knows no lease has none: the next one takes over at once."""
    op.add_column("leadership", sa.Column("expires_at", sqltypes.UTCDateTime(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("leadership", "expires_at")
