"""Requests about what is kept, holds, and proofs of what was erased, which are in the audit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem
from sqlmodel.sql import sqltypes

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

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
    elsif tg_table_name = 'erasure' then
        insert into audit_entry (at, kind, by_id, subject_kind, subject_id, source, source_id)
        values (new.at, 'erased.' || new.why, new.actor, new.subject_kind, new.subject_id,
                'erasure', new.id);
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
BEFORE = """    elsif tg_table_name = 'erasure' then
        insert into audit_entry (at, kind, by_id, subject_kind, subject_id, source, source_id)
        values (new.at, 'erased.' || new.why, new.actor, new.subject_kind, new.subject_id,
                'erasure', new.id);
"""
AUDITED = (
    "create or replace trigger audited after insert on erasure for each row"
    " execute function write_audit()"
)
WAYS = "way in ('own', 'dictated', 'paper'"


def upgrade() -> None:
    """Apply."""
    _create_requests()
    _create_holds()
    _create_erasures()
    for table in ("call", "care_case"):
        op.add_column(table, _moment("erased_at"))
    kept = sa.text("erased_at is null")
    op.create_index("call_kept", "call", ["arrived_at"], postgresql_where=kept)
    op.drop_constraint("way_is_known", "record_addition")
    op.create_check_constraint("way_is_known", "record_addition", f"{WAYS}, 'asked')")
    op.execute(WRITE)
    op.execute(AUDITED)


def _create_requests() -> None:
    op.create_table(
        "rights_request",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        _line(),
        sa.Column("kind", sqltypes.AutoString(), nullable=False),
        sa.Column("asker", sqltypes.AutoString(), nullable=False),
        sa.Column("proved", sqltypes.AutoString(), nullable=False, server_default="not_yet"),
        sa.Column("suspected", sa.Boolean(), nullable=False, server_default="false"),
        *_subject(),
        _text("asker_sealed"),
        _text("words_sealed"),
        _moment("received_at", nullable=False),
        _staff("received_by", nullable=False),
        _moment("due_at", nullable=False),
        sa.Column("state", sqltypes.AutoString(), nullable=False),
        _text("refusal"),
        _text("answer_sealed"),
        _staff("answered_by"),
        _moment("answered_at"),
        _staff("confirmed_by"),
        sa.CheckConstraint("kind in ('view', 'copy', 'correct', 'delete')", name="kind_is_known"),
        sa.CheckConstraint(
            "asker in ('minor', 'adult', 'guardian', 'other')", name="asker_is_known"
        ),
        sa.CheckConstraint(
            "proved in ('not_yet', 'called_back', 'document', 'in_person')", name="proved_is_known"
        ),
        sa.CheckConstraint(
            "state in ('open', 'proposed', 'granted', 'partly', 'refused', 'withdrawn')",
            name="state_is_known",
        ),
        sa.CheckConstraint(
            "refusal in ('', 'kept_by_law', 'still_needed', 'held', 'not_proved', 'suspected',"
            " 'rights_of_others', 'nothing_kept')",
            name="refusal_is_known",
        ),
        sa.CheckConstraint(
            "state not in ('refused', 'partly') or refusal <> ''", name="refused_for_a_reason"
        ),
    )
    for column in ("line_id", "subject_id"):
        op.create_index(f"ix_rights_request_{column}", "rights_request", [column])
    waits = sa.text("state in ('open', 'proposed')")
    op.create_index("rights_request_open", "rights_request", ["due_at"], postgresql_where=waits)


def _create_holds() -> None:
    op.create_table(
        "legal_hold",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        _line(),
        *_subject(),
        _text("reason_sealed"),
        _staff("by", nullable=False),
        _moment("at", nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        _staff("lifted_by"),
        _moment("lifted_at"),
        _text("lifted_sealed"),
    )
    op.create_index("ix_legal_hold_line_id", "legal_hold", ["line_id"])
    live = sa.text("lifted_at is null")
    op.create_index("legal_hold_live", "legal_hold", ["subject_id"], postgresql_where=live)


def _create_erasures() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        _line(),
        *_subject(),
        sa.Column("why", sqltypes.AutoString(), nullable=False),
        sa.Column(
            "request_id", sqltypes.AutoString(), sa.ForeignKey("rights_request.id"), nullable=True
        ),
        sa.Column("actor", sqltypes.AutoString(), nullable=False),
        _moment("at", nullable=False),
        sa.Column("kept_days", sa.Integer(), nullable=False),
        sa.Column("what", JSONB(), nullable=False),
        sa.Column("sounds", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("digest", sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("why in ('retention', 'request')", name="why_is_known"),
    )
    op.create_index("ix_erasure_line_id", "erasure", ["line_id"])
    op.create_index("erasure_of", "erasure", ["subject_id"])


def _subject() -> list[SchemaItem]:
    return [
        sa.Column("subject_kind", sqltypes.AutoString(), nullable=False),
        sa.Column("subject_id", sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("subject_kind in ('call', 'case')", name="subject_kind_is_known"),
    ]


def _line() -> sa.Column[str]:
    return sa.Column("line_id", sqltypes.AutoString(), sa.ForeignKey("line.id"), nullable=False)


def _staff(name: str, *, nullable: bool = True) -> sa.Column[str]:
    key = sa.ForeignKey("staff.id")
    return sa.Column(name, sqltypes.AutoString(), key, nullable=nullable)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), nullable=False, server_default="")


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def downgrade() -> None:
    """Take back. What was erased stays erased; corrections that were asked for are one's own."""
    op.drop_table("erasure")  # with its trigger
    op.execute(WRITE.replace(BEFORE, ""))
    op.execute("update record_addition set way = 'own' where way = 'asked'")
    op.drop_constraint("way_is_known", "record_addition")
    op.create_check_constraint("way_is_known", "record_addition", f"{WAYS})")
    op.drop_index("call_kept", "call")
    for table in ("call", "care_case"):
        op.drop_column(table, "erased_at")
    op.drop_table("legal_hold")
    op.drop_table("rights_request")
