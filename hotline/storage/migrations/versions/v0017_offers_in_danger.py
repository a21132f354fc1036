"""An offer says whether its caller was known to be in danger when it was decided."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

FROM_CALLS = """
    update offer set in_danger = true from call
    where call.id = offer.call_id and call.urgency = 'crisis' and offer.state = 'pending'
"""


def upgrade() -> None:
    """Apply."""
    no = sa.false()
    op.add_column("offer", sa.Column("in_danger", sa.Boolean(), nullable=False, server_default=no))
    op.alter_column("offer", "in_danger", server_default=None)
    op.execute(FROM_CALLS)


def downgrade() -> None:
    """Take back."""
    op.drop_column("offer", "in_danger")
