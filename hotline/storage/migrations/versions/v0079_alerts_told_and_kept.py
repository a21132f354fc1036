"""Why the owner of an alert was not told; how bad it was; what it was at each moment."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None

WATCHED = "level threshold value raised_at owner_id acknowledged_at passed_at unreached cleared_at"
# Of what was before this, by its own times: raised, and, where it is over, cleared.
RAISED = """
insert into row_version (at, kind, row_id, facts)
select raised_at, 'floor_alert', id, jsonb_build_object({facts})
    || '{{"acknowledged_at": null, "passed_at": null, "cleared_at": null}}'
from floor_alert where raised_at is not null order by raised_at
"""
AS_IT_IS = """
insert into row_version (at, kind, row_id, facts)
select coalesce(cleared_at, now()), 'floor_alert', id, jsonb_build_object({facts})
from floor_alert
"""


def upgrade() -> None:
    """Apply."""
    text = sqltypes.AutoString()
    op.add_column("floor_alert", sa.Column("unreached", text, nullable=False, server_default=""))
    op.add_column("floor_alert", sa.Column("worst", sa.Float(), nullable=True))
    op.add_column(
        "floor_alert",
        sa.Column("was_passed_on", sa.Boolean(), nullable=False, server_default="false"),
    )
    op.execute("update floor_alert set was_passed_on = true where passed_at is not null")
    op.create_index("floor_alert_raised", "floor_alert", ["raised_at"])
    _watch(WATCHED.split())


def _watch(columns: list[str]) -> None:
    """The triggers first: what changes meanwhile is kept."""
    kept = f"execute function keep_row_version({', '.join(columns)})"
    before, after = (", ".join(f"{row}.{one}" for one in columns) for row in ("old", "new"))
    op.execute(
        f"create or replace trigger version_begins after insert on floor_alert for each row {kept}"
    )
    op.execute(
        "create or replace trigger version_follows after update on floor_alert for each row"
        f" when (({before}) is distinct from ({after})) {kept}"
    )
    facts = ", ".join(f"'{one}', {one}" for one in columns)
    for statement in (RAISED, AS_IT_IS):
        op.execute(statement.format(facts=facts))


def downgrade() -> None:
    """Take back. The past of alerts is gone."""
    for name in ("version_begins", "version_follows"):
        op.execute(f"drop trigger {name} on floor_alert")
    op.execute("delete from row_version where kind = 'floor_alert'")
    op.drop_index("floor_alert_raised", "floor_alert")
    for name in ("was_passed_on", "worst", "unreached"):
        op.drop_column("floor_alert", name)
