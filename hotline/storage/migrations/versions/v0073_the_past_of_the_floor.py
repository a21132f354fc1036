"""What the floor is made of is kept each time that it changes. The past begins here."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql import sqltypes

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

WATCHED = {
    "call": "line_id state urgency language counselor_id meant_for_id queued_at joined_at ahead_at"
    " attention alarm_since alarm_step alarm_due_at outcome",
    "presence": "state reason since back_at working_since crisis_in_a_row crisis_ended_at",
    "staff": "lines skills skills_kept active certificate_lapsed",
    "escalation": "station_id level state step round next_due_at acknowledged_by",
    "callback": "line_id state due_at urgency",
}
CLOCK = """
create or replace function floor_clock() returns timestamptz language sql volatile
return clock_timestamp()
"""
KEEP = """
create or replace function keep_row_version() returns trigger language plpgsql as $$
declare
    whole constant jsonb := to_jsonb(new);
begin
    insert into row_version (at, kind, row_id, facts)
    select floor_clock(), tg_table_name, coalesce(whole ->> 'id', whole ->> 'staff_id'),
        jsonb_object_agg(name, whole -> name)
    from unnest(tg_argv) as name;
    return null;
end $$
"""
# What is not over now, and today's calls, which the day's account counts.
BEGINNING = {
    "call": "state <> 'ended' or arrived_at >= date_trunc('day', now(), 'Asia/Shanghai')",
    "presence": "true",
    "staff": "true",
    "escalation": "state <> 'closed'",
    "callback": "state in ('open', 'in_hand')",
}


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "row_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sqltypes.AutoString(), nullable=False),
        sa.Column("row_id", sqltypes.AutoString(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
    )
    op.create_index("row_version_row", "row_version", ["kind", "row_id", "id"])
    op.create_index("row_version_at", "row_version", ["kind", "at"])
    op.create_index("escalation_created", "escalation", ["created_at"])
    op.create_index("crisis_flag_created", "crisis_flag", ["created_at"])
    op.execute(CLOCK)
    op.execute(KEEP)
    for table, names in WATCHED.items():
        _watch(table, names.split())


def _watch(table: str, columns: list[str]) -> None:
    """The triggers first: what changes meanwhile is kept, and the beginning is behind it."""
    kept = f"execute function keep_row_version({', '.join(columns)})"
    before, after = (", ".join(f"{row}.{one}" for one in columns) for row in ("old", "new"))
    op.execute(
        f"create or replace trigger version_begins after insert on {table} for each row {kept}"
    )
    op.execute(
        f"create or replace trigger version_follows after update on {table} for each row"
        f" when (({before}) is distinct from ({after})) {kept}"
    )
    key = "staff_id" if table == "presence" else "id"
    facts = ", ".join(f"'{one}', {one}" for one in columns)
    op.execute(
        "insert into row_version (at, kind, row_id, facts)"  # noqa: S608 – names of our own
        f" select now(), '{table}', {key}, jsonb_build_object({facts})"
        f" from {table} where {BEGINNING[table]}"
    )


def downgrade() -> None:
    """Take back. The past is gone."""
    for table in WATCHED:
        op.execute(f"drop trigger version_begins on {table}")
        op.execute(f"drop trigger version_follows on {table}")
    op.execute("drop function keep_row_version")
    op.execute("drop function floor_clock")
    op.drop_index("crisis_flag_created", "crisis_flag")
    op.drop_index("escalation_created", "escalation")
    op.drop_table("row_version")
