"""Referrals of a case to a receiver, the links by which it answers, and what it was told."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import (
    count_column,
    id_column,
    json_column,
    no_column,
    one_of,
    sealed_column,
    text_column,
)


class Referral(SQLModel, table=True):
    """One referral to one place. `hotline.referrals.model` holds its lifecycle.

    `by`: who referred. `kinds`: what was handed over; `handed_sealed`: exactly that, as a document.
    `provision_id`: the entry of the ledger it stands on; empty: nothing was handed over.
    `promised_at`: until when whoever has the turn said they would act. `due_at`: when the next look
    tells somebody; null only where nobody has to do anything any more. `told`: whom of the ladder
    (`hotline.referrals.policy`) it has reached. `instead_of_id`: the one that was declined.
    """

    __table_args__ = (
        one_of(
            "state",
            "advised",
            "sent",
            "accepted",
            "not_come",
            "came",
            "declined",
            "resulted",
            "settled",
            "withdrawn",
        ),
        one_of("urgency", "today", "this_week", "planned"),
        one_of("may_tell", "came_only", "codes", "words"),
        one_of("decline", "", "full", "not_ours", "closed"),
        one_of(
            "result", "", "treated", "admitted", "further_visit", "referred_on", "no_need", "seen"
        ),
        one_of("proposal", "nothing", "follow_up", "visit"),
        CheckConstraint(
            "(state in ('sent', 'accepted', 'not_come', 'came', 'declined'))"
            " = (due_at is not null)",
            name="open_is_due",
        ),
        Index("referral_due", "due_at", postgresql_where=text("due_at is not null")),
    )

    id: str = id_column()
    case_id: str = Field(foreign_key="care_case.id", index=True)
    place_id: str = Field(foreign_key="referral_place.id", index=True)
    state: str
    reason: str
    urgency: str = text_column("planned")
    words_sealed: str = sealed_column("referral.words.{id}")
    kinds: list[str] = json_column(list)
    handed_sealed: str = sealed_column("referral.handed.{id}")
    may_tell: str = text_column("came_only")
    provision_id: str = text_column()
    by: str
    at: datetime
    promised_at: datetime | None = None
    due_at: datetime | None = None
    told: int = count_column()
    answered_at: datetime | None = None
    appointment_at: datetime | None = None
    decline: str = text_column()
    result: str = text_column()
    result_sealed: str = sealed_column("referral.result.{id}")
    proposal: str = text_column("nothing")
    ended_at: datetime | None = None
    in_time: bool | None = None
    instead_of_id: str | None = Field(default=None, foreign_key="referral.id")


class ReferralLetter(SQLModel, table=True):
    """One delivery to a receiver: its id. `kind`: with a link, or the code for one.

    `link_hash`: the link that a code is for.
    """

    __tablename__ = "referral_letter"
    __table_args__ = (one_of("kind", "link", "code"),)

    id: str = Field(primary_key=True, foreign_key="delivery.id")
    referral_id: str = Field(foreign_key="referral.id", index=True)
    kind: str
    link_hash: str = text_column()


class ReferralLink(SQLModel, table=True):
    """A link of a letter: its hash alone. Nothing of the child is shown without the code.

    `code_hash`: of the code that was sent last, used once; `wrong`: how often another was typed.
    `codes`, `codes_since`: how many were asked for. `proof_hash`: of what a page that was opened
    with a code proves itself by, until `proof_until`.
    """

    __tablename__ = "referral_link"

    hash: str = Field(primary_key=True)
    referral_id: str = Field(foreign_key="referral.id", index=True)
    expires_at: datetime
    code_hash: str = text_column()
    code_until: datetime | None = None
    wrong: int = count_column()
    codes: int = count_column()
    codes_since: datetime | None = None
    proof_hash: str = text_column()
    proof_until: datetime | None = None
    locked: bool = no_column()
