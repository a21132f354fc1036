"""Consents, the ledger of what was handed to other bodies, and guardians nobody may ring."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Connection, Index, event, text
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import (
    id_column,
    made_list_column,
    one_of,
    sealed_column,
    text_column,
)

OF_SOMETHING = "case_id is not null or call_id is not null"
LIVE = text("lifted_at is null")


class DataConsent(SQLModel, table=True):
    """Somebody agreed that data about the person at risk go to others. `handovers.model`: words.

    `given_by`: the person, or a guardian. `person_id`: who of the case; null: the caller.
    `giver_index`: by which number a guardian is known. `said_in_id`: the call it was said in.
    `age`: of the person at risk when it was given. `opinion`: of the child, beside a guardian's
    consent; `opinion_sealed`: in their words, or why they were not asked. `withdrawn_at`: when it
    was taken back; it carries nothing from `withdrawn_known_at` on, when we heard.
    """

    __tablename__ = "consent"
    __table_args__ = (
        one_of("given_by", "person", "guardian"),
        one_of("how", "said", "written", "message"),
        one_of("age", "under_14", "from_14", "adult", "unknown"),
        one_of("opinion", "", "agrees", "objects", "not_asked"),
        one_of("withdrawn_who", "", "giver", "person", "other_guardian", "recorder"),
        CheckConstraint(OF_SOMETHING, name="of_a_case_or_a_call"),
        CheckConstraint("given_by <> 'guardian' or opinion <> ''", name="the_child_is_heard"),
        CheckConstraint(
            "(withdrawn_at is null) = (withdrawn_who = '')", name="withdrawn_by_somebody"
        ),
    )

    id: str = id_column()
    case_id: str | None = Field(default=None, foreign_key="care_case.id", index=True)
    call_id: str | None = Field(default=None, foreign_key="call.id", index=True)
    given_by: str
    person_id: str | None = Field(default=None, foreign_key="case_person.id")
    relation: str
    giver_index: str = text_column()
    how: str
    said_in_id: str | None = Field(default=None, foreign_key="call.id")
    given_at: datetime
    age: str
    recipients: list[str] = made_list_column()
    purposes: list[str] = made_list_column()
    kinds: list[str] = made_list_column()
    opinion: str = text_column()
    opinion_sealed: str = sealed_column("consent.opinion.{id}")
    by: str
    at: datetime
    withdrawn_at: datetime | None = None
    withdrawn_known_at: datetime | None = None
    withdrawn_who: str = text_column()
    withdrawn_by: str = text_column()


class Provision(SQLModel, table=True):
    """One hand-over of personal data to another body, and what carries it. Kept three years.

    `recipient`: the name of the body as it is to be read in three years, never of a person;
    `recipient_id`: its row, where it has one. `article`: which law commands it. `urgency`: what an
    emergency stands on; `supervisor_id`: whose word. `once_key`: what is handed over twice under
    one key stands here once. `tell_due_at`: by when the person is to be told of it (PIPL §18);
    null: nobody owes that. It ends as `told_at`, or as `not_told_at` with a supervisor's reason.
    """

    __table_args__ = (
        one_of("basis", "consent", "guardian_consent", "statutory_duty", "emergency"),
        one_of("urgency", "", "imminent", "high", "supervisor"),
        one_of("told_how", "", "call", "in_person", "written", "message"),
        CheckConstraint(OF_SOMETHING, name="of_a_case_or_a_call"),
        CheckConstraint(
            "(basis in ('consent', 'guardian_consent')) = (consent_id is not null)",
            name="a_consent_is_named",
        ),
        CheckConstraint("(basis = 'statutory_duty') = (article <> '')", name="a_law_is_named"),
        CheckConstraint(
            "(basis = 'emergency') = (urgency <> '')", name="an_emergency_has_a_reason"
        ),
        CheckConstraint(
            "(basis = 'emergency') = (tell_due_at is not null)", name="told_after_an_emergency"
        ),
        CheckConstraint("told_at is null or not_told_at is null", name="told_or_not"),
        Index(
            "provision_to_tell",
            "tell_due_at",
            postgresql_where=text(
                "tell_due_at is not null and told_at is null and not_told_at is null"
            ),
        ),
        Index("provision_by_time", "at"),
    )

    id: str = id_column()
    case_id: str | None = Field(default=None, foreign_key="care_case.id", index=True)
    call_id: str | None = Field(default=None, foreign_key="call.id", index=True)
    escalation_id: str | None = Field(default=None, foreign_key="escalation.id", index=True)
    once_key: str | None = Field(default=None, unique=True)
    recipient_kind: str
    recipient: str
    recipient_id: str = text_column()
    purpose: str
    kinds: list[str] = made_list_column()
    basis: str
    consent_id: str | None = Field(default=None, foreign_key="consent.id", index=True)
    article: str = text_column()
    urgency: str = text_column()
    supervisor_id: str | None = Field(default=None, foreign_key="staff.id")
    by: str
    at: datetime
    tell_due_at: datetime | None = None
    told_at: datetime | None = None
    told_how: str = text_column()
    told_by: str = text_column()
    not_told_at: datetime | None = None
    not_told_by: str = text_column()
    not_told_sealed: str = sealed_column("provision.not_told.{id}")


class GuardianBlock(SQLModel, table=True):
    """A guardian who is suspected of the harm: nobody rings or writes to them, on any line.

    One for each person of each case, so that lifting one leaves what another case holds.
    `number_index`: empty where their number is not known.
    """

    __tablename__ = "guardian_block"
    __table_args__ = (
        Index("guardian_block_number", "number_index", postgresql_where=LIVE),
        Index("one_block_for_each", "person_id", unique=True, postgresql_where=LIVE),
    )

    id: str = id_column()
    case_id: str = Field(foreign_key="care_case.id", index=True)
    person_id: str = Field(foreign_key="case_person.id")
    number_index: str = text_column()
    by: str
    at: datetime
    lifted_at: datetime | None = None
    lifted_by: str = text_column()


# 网络数据安全管理条例 §12: at least three years. What stands in the ledger is not changed, but by
# what became of the duty to tell the person.
KEEP_LEDGER = """
create or replace function keep_provision() returns trigger language plpgsql as $$
declare
    telling constant text[] :=
        '{told_at,told_how,told_by,not_told_at,not_told_by,not_told_sealed}';
begin
    if tg_op = 'DELETE' and old.at < now() - interval '1096 days' then
        return old;
    elsif tg_op = 'UPDATE' and to_jsonb(new) - telling = to_jsonb(old) - telling then
        return new;
    end if;
    raise exception 'the ledger is kept for three years' using errcode = 'restrict_violation';
end $$
"""
LEDGER_IS_KEPT = (
    "create or replace trigger provision_is_kept before update or delete on provision"
    " for each row execute function keep_provision()"
)


@event.listens_for(SQLModel.metadata, "after_create")
def _guard(_metadata: object, connection: Connection, **_: object) -> None:
    """Tables that are made without migrations are guarded as well."""
    for statement in (KEEP_LEDGER, LEDGER_IS_KEPT):
        connection.exec_driver_sql(statement)
