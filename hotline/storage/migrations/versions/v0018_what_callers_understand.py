"""Which languages a caller understands beside their own, as far as they said."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Of calls before nothing is known."""
    op.add_column("call", sa.Column("also_speaks", JSONB(), nullable=True))


def downgrade() -> None:
    """Take back. What callers said is gone."""
    op.drop_column("call", "also_speaks")
