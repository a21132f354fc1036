"""The audit is one chain, sealed in order; and it is known which keys anything is sealed with."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0045"
down_revision = "0044"
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
KEEP = """
create or replace function keep_audit() returns trigger language plpgsql as $$
declare
    sealing constant text[] := '{seq,key_id,content,mac}';
begin
    if tg_op = 'DELETE' and old.seq <= (select max(cut_seq) from audit_head) then
        return old;
    elsif tg_op = 'UPDATE' and old.seq is null and new.seq is not null
            and to_jsonb(new) - sealing = to_jsonb(old) - sealing then
        return new;
    end if;
    raise exception 'audit_entry is append-only' using errcode = 'restrict_violation';
end $$
"""
_EACH = "for each row"
TRIGGERS = (
    "create or replace trigger audit_is_kept before update or delete on audit_entry"
    f" {_EACH} execute function keep_audit()",
    "create or replace trigger audit_is_not_emptied before truncate on audit_entry"
    " for each statement execute function keep_audit()",
    f"create or replace trigger audited after insert on call_event {_EACH}"
    f" when (new.kind ~ '{LOOKS}') execute function write_audit()",
    f"create or replace trigger audited after insert on escalation_event {_EACH}"
    f" when (new.kind ~ '{LOOKS}') execute function write_audit()",
    f"create or replace trigger audited after insert on text_reading {_EACH}"
    " execute function write_audit()",
    f"create or replace trigger audited after insert on account_act {_EACH}"
    " execute function write_audit()",
    f"create or replace trigger audited after insert on supervisor_act {_EACH}"
    " execute function write_audit()",
    f"create or replace trigger undoing_audited after update of undone_at on supervisor_act {_EACH}"
    " when (old.undone_at is null and new.undone_at is not null) execute function write_audit()",
)

ALWAYS_A_TEXT = (
    ("call", "from_sealed"),
    ("record", "narrative_sealed"),
    ("record_version", "narrative_sealed"),
    ("crisis_flag", "summary_sealed"),
    ("caller_plan", "goals_sealed"),
    ("second_factor", "secret_sealed"),
    ("risk_lowering", "reason_sealed"),
)
AUDITED = ("call_event", "escalation_event", "text_reading", "account_act", "supervisor_act")


def upgrade() -> None:
    """Apply. The chain begins here: of what was before, the timelines tell."""
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sqltypes.AutoString(), nullable=False),
        _text("by_id"),
        _text("subject_kind"),
        _text("subject_id"),
        _text("source"),
        _text("source_id"),
        sa.Column("seq", sa.BigInteger(), nullable=True, unique=True),
        _text("key_id"),
        _text("content"),
        _text("mac"),
    )
    unsealed = sa.text("seq is null")
    op.create_index("audit_entry_unsealed", "audit_entry", ["id"], postgresql_where=unsealed)
    op.create_index("audit_entry_at", "audit_entry", ["at"])
    _create_head()
    for statement in (WRITE, KEEP, *TRIGGERS):
        op.execute(statement)

    op.create_table(
        "sealing_key",
        sa.Column("key_id", sqltypes.AutoString(), primary_key=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        _moment("released_at"),
    )
    for table, column in ALWAYS_A_TEXT:
        op.alter_column(table, column, server_default="")


def _create_head() -> None:
    op.create_table(
        "audit_head",
        sa.Column("name", sqltypes.AutoString(), primary_key=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        _text("mac"),
        _text("key_id"),
        _moment("sealed_at"),
        _moment("exported_at"),
        sa.Column("exported_seq", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("cut_seq", sa.BigInteger(), nullable=False, server_default="0"),
        _text("cut_mac"),
        _moment("cut_at"),
        _text("cut_key_id"),
        _text("cut_sign"),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), nullable=False, server_default="")


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def downgrade() -> None:
    """Take back. Keep the exported heads and a dump of the table: the chain is gone."""
    op.execute("drop trigger undoing_audited on supervisor_act")
    for table in AUDITED:
        op.execute(f"drop trigger audited on {table}")
    op.drop_table("sealing_key")
    for table, column in ALWAYS_A_TEXT:
        op.alter_column(table, column, server_default=None)
    op.drop_table("audit_head")
    op.drop_table("audit_entry")
    op.execute("drop function write_audit")
    op.execute("drop function keep_audit")
