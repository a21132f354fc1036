"""The audit: who did or read what, in one chain that nobody can change unseen.

The database itself writes the rows, from the tables where people's acts and looks are kept
anyway, so nobody can forget to. It refuses to change or remove one; `hotline.audit` seals them in
order, and cuts the old end off.
"""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, Index, event, text
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import text_column


class AuditEntry(SQLModel, table=True):
    """One act or look. Until it is sealed `seq` is null, which takes about a second.

    `by_id`: of the staff, or an escalation's actor. `source`, `source_id`: the row that tells the
    rest; what people wrote stays there, where it can be erased, and `content` is its keyed hash.
    `key_id`: of the key that made `content` and `mac`.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("audit_entry_unsealed", "id", postgresql_where=text("seq is null")),
        Index("audit_entry_at", "at"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger(), primary_key=True))
    at: datetime
    kind: str
    by_id: str = text_column()
    subject_kind: str = text_column()
    subject_id: str = text_column()
    source: str = text_column()
    source_id: str = text_column()
    seq: int | None = Field(default=None, sa_column=Column(BigInteger(), unique=True))
    key_id: str = text_column()
    content: str = text_column()
    mac: str = text_column()


class AuditHead(SQLModel, table=True):
    """Where the chain ends, and where it begins since its old end was cut off.

    `exported_at`, `exported_seq`: when the head last left the house, and which. The `cut` is the
    last row that was removed, signed by the key `cut_key_id`.
    """

    __tablename__ = "audit_head"

    name: str = Field(primary_key=True)
    seq: int = Field(default=0, sa_column=Column(BigInteger(), nullable=False))
    mac: str = text_column()
    key_id: str = text_column()
    sealed_at: datetime | None = None
    exported_at: datetime | None = None
    exported_seq: int = Field(
        default=0, sa_column=Column(BigInteger(), nullable=False, server_default="0")
    )
    cut_seq: int = Field(
        default=0, sa_column=Column(BigInteger(), nullable=False, server_default="0")
    )
    cut_mac: str = text_column()
    cut_at: datetime | None = None
    cut_key_id: str = text_column()
    cut_sign: str = text_column()


# What is a look at something kept has a kind that ends so, in whatever timeline.
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
    f"create or replace trigger audited after insert on case_event {_EACH}"
    f" when (new.kind ~ '{LOOKS}') execute function write_audit()",
    f"create or replace trigger audited after insert on erasure {_EACH}"
    " execute function write_audit()",
    f"create or replace trigger audited after insert on text_reading {_EACH}"
    " execute function write_audit()",
    f"create or replace trigger audited after insert on account_act {_EACH}"
    " execute function write_audit()",
    f"create or replace trigger audited after insert on supervisor_act {_EACH}"
    " execute function write_audit()",
    f"create or replace trigger undoing_audited after update of undone_at on supervisor_act {_EACH}"
    " when (old.undone_at is null and new.undone_at is not null) execute function write_audit()",
)


@event.listens_for(SQLModel.metadata, "after_create")
def _guard(_metadata: object, connection: Connection, **_: object) -> None:
    """Tables that are made without migrations are guarded as well."""
    for statement in (WRITE, KEEP, *TRIGGERS):
        connection.exec_driver_sql(statement)
