"""Whoever is handed a call that we owe is told of it on the desk."""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

KINDS = "kind in ('message', 'presence', 'skills', 'caller', 'line', 'undone'{more})"


def upgrade() -> None:
    """Apply."""
    _allow(", 'callback'")


def downgrade() -> None:
    """Take back. What was told of callbacks is not told any more."""
    op.execute("delete from notice where kind = 'callback'")
    _allow("")


def _allow(more: str) -> None:
    op.drop_constraint("kind_is_known", "notice", type_="check")
    op.create_check_constraint("kind_is_known", "notice", KINDS.format(more=more))
