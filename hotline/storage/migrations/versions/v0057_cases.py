"""Cases: one person at risk beyond one call; reading one is in the audit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql import sqltypes

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

LOOKS = r"(\.|_)(read|opened|played|shown|exported)$"
WRITE = """
create or replace function write_audit() returns trigger language plpgsql as $$
begin
    if tg_table_name = 'call_event' then
        insert into audit_entry (at, kind, by_id, subject_kind, subject_id, source, source_id)
        values (new.at, new.kind, coalesce(new.staff_id, ''), 'call', new.call_id,
                'call_event', new.id::text);
    elsif tg_table_name = 'escalation_event' then
        insert into audit_entry (at, kind, by_id, subject_kind, subject_id, source, source_id)
        values (new.at, new.kind, new.actor, 'escalation', new.escalation_id,
                'escalation_event', new.id::text);
    elsif tg_table_name = 'case_event' then
        insert into audit_entry (at, kind, by_id, subject_kind, subject_id, source, source_id)
        values (new.at, new.kind, new.actor, 'case', new.case_id, 'case_event', new.id::text);
    elsif tg_table_name = 'text_reading' then
        insert into audit_entry (at, kind, by_id, subject_kind, subject_id, source, source_id)
        values (new.at, 'text.read', new.staff_id, 'text', new.text_id, 'text_reading', new.id);
    elsif tg_table_name = 'account_act' then
        insert into audit_entry (at, kind, by_id, subject_kind, subject_id, source, source_id)
        values (new.at, 'account.' || new.kind, new.by_id, 'staff', new.staff_id,
                'account_act', new.id);
    elsif tg_op = 'UPDATE' then
        insert into audit_entry (at, kind, by_id, subject_kind, subject_id, source, source_id)
        values (new.undone_at, 'undone.' || new.kind, coalesce(new.undone_by, ''),
                new.subject_kind, new.subject_id, 'supervisor_act_undone', new.id);
    else
        insert into audit_entry (at, kind, by_id, subject_kind, subject_id, source, source_id)
        values (new.at, 'act.' || new.kind, new.by_id, new.subject_kind, new.subject_id,
                'supervisor_act', new.id);
    end if;
    return null;
end $$
"""
BEFORE = """    elsif tg_table_name = 'case_event' then
        insert into audit_entry (at, kind, by_id, subject_kind, subject_id, source, source_id)
        values (new.at, new.kind, new.actor, 'case', new.case_id, 'case_event', new.id::text);
"""
AUDITED = (
    "create or replace trigger audited after insert on case_event for each row"
    f" when (new.kind ~ '{LOOKS}') execute function write_audit()"
)


def upgrade() -> None:
    """Apply."""
    _create_cases()
    _create_links()
    _create_people()
    _create_steps()
    op.create_table(
        "case_event",
        sa.Column("id", sa.Integer(), primary_key=True),
        _case(),
        _moment("at", nullable=False),
        sa.Column("kind", sqltypes.AutoString(), nullable=False),
        sa.Column("actor", sqltypes.AutoString(), nullable=False),
        sa.Column("facts", JSONB(), nullable=False),
    )
    op.create_index("case_event_of", "case_event", ["case_id", "id"])
    op.execute(WRITE)
    op.execute(AUDITED)


def _create_cases() -> None:
    op.create_table(
        "care_case",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        sa.Column("number", sqltypes.AutoString(), nullable=False, unique=True),
        sa.Column("line_id", sqltypes.AutoString(), sa.ForeignKey("line.id"), nullable=False),
        sa.Column("station_id", sqltypes.AutoString(), sa.ForeignKey("station.id"), nullable=True),
        _text("division"),
        sa.Column("state", sqltypes.AutoString(), nullable=False),
        sa.Column("opened_as", sqltypes.AutoString(), nullable=False),
        sa.Column("opened_by", sqltypes.AutoString(), nullable=False),
        _moment("opened_at", nullable=False),
        sa.Column("owner_id", sqltypes.AutoString(), sa.ForeignKey("staff.id"), nullable=True),
        _moment("closed_at"),
        _text("result"),
        sa.Column(
            "merged_into_id", sqltypes.AutoString(), sa.ForeignKey("care_case.id"), nullable=True
        ),
        sa.CheckConstraint("state in ('open', 'closed')", name="state_is_known"),
        sa.CheckConstraint(
            "opened_as in ('imminent', 'high', 'mandatory_report', 'by_hand')",
            name="opened_as_is_known",
        ),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at is not null)", name="closed_has_a_time"
        ),
        sa.CheckConstraint("merged_into_id <> id", name="not_merged_into_itself"),
    )
    for column in ("line_id", "station_id", "owner_id", "merged_into_id"):
        op.create_index(f"ix_care_case_{column}", "care_case", [column])
    is_open = sa.text("state = 'open'")
    op.create_index("care_case_open", "care_case", ["station_id"], postgresql_where=is_open)


def _create_links() -> None:
    op.create_table(
        "case_link",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        _case(),
        sa.Column("kind", sqltypes.AutoString(), nullable=False),
        sa.Column("subject_id", sqltypes.AutoString(), nullable=False),
        sa.Column("by", sqltypes.AutoString(), nullable=False),
        _moment("at", nullable=False),
        _text("ended_by"),
        _moment("ended_at"),
        sa.CheckConstraint("kind in ('call', 'escalation')", name="kind_is_known"),
    )
    op.create_index("ix_case_link_case_id", "case_link", ["case_id"])
    op.create_index(
        "one_case_for_each",
        "case_link",
        ["kind", "subject_id"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )


def _create_people() -> None:
    op.create_table(
        "case_person",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        _case(),
        sa.Column("role", sqltypes.AutoString(), nullable=False),
        _text("relation"),
        sa.Column("minor", sqltypes.AutoString(), nullable=False, server_default="unknown"),
        _text("name_sealed"),
        _text("phone_sealed"),
        _text("phone_index"),
        _text("phone_masked"),
        _text("address_sealed"),
        _text("note_sealed"),
        sa.Column("suspected_abuser", sa.Boolean(), nullable=False, server_default="false"),
        sa.Column("by", sqltypes.AutoString(), nullable=False),
        _moment("at", nullable=False),
        _moment("left_at"),
        sa.CheckConstraint(
            "role in ('at_risk', 'guardian', 'relative', 'reporter', 'helper', 'other')",
            name="role_is_known",
        ),
        sa.CheckConstraint("minor in ('yes', 'no', 'unknown')", name="minor_is_known"),
    )
    op.create_index("ix_case_person_case_id", "case_person", ["case_id"])


def _create_steps() -> None:
    op.create_table(
        "case_step",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        _case(),
        _text("words_sealed"),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("by", sqltypes.AutoString(), nullable=False),
        _moment("at", nullable=False),
        _moment("done_at"),
        _text("done_by"),
        _moment("dropped_at"),
    )
    op.create_index("ix_case_step_case_id", "case_step", ["case_id"])


def _case() -> sa.Column[str]:
    return sa.Column(
        "case_id", sqltypes.AutoString(), sa.ForeignKey("care_case.id"), nullable=False
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), nullable=False, server_default="")


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def downgrade() -> None:
    """Take back."""
    op.execute(WRITE.replace(BEFORE, ""))
    for table in ("case_event", "case_step", "case_person", "case_link", "care_case"):
        op.drop_table(table)
