"""A plan that was taken over from its trial is a version of the configuration."""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

TABLE, CHECK = "configuration_version", "origin_is_known"


def upgrade() -> None:
    """Apply."""
    _allow("origin in ('folder', 'page', 'undo', 'trial')")


def downgrade() -> None:
    """Take back. What came from a trial counts as from the page."""
    op.execute("update configuration_version set origin = 'page' where origin = 'trial'")
    _allow("origin in ('folder', 'page', 'undo')")


def _allow(rule: str) -> None:
    op.drop_constraint(CHECK, TABLE)
    op.create_check_constraint(CHECK, TABLE, rule)
