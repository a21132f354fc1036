"""Help groups: who is in one, by which links and codes they come in, and what they write."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import (
    count_column,
    id_column,
    made_list_column,
    one_of,
    sealed_column,
    text_column,
)


class GroupMember(SQLModel, table=True):
    """Somebody invited to one case. `hotline.helpgroups.rights`: what their kind may see of it.

    `fields`: what is left of that. `body`: the organisation they belong to. `called_sealed`: what
    the child is called, as written for them; all that is sealed below it is written for them too.
    `provision_id`: on what it stands that they are told anything.
    `link_delivery_id`: the delivery whose link counts. `tries`: wrong codes since the last right
    one; `locked_at`: too many, until somebody sends a new link. `ended_why`: by whose wish; empty
    where it ended by time, with the case or with the consent (`helpgroups.living`).
    """

    __tablename__ = "group_member"
    __table_args__ = (
        one_of(
            "kind",
            "school_counselor",
            "class_teacher",
            "school_social_worker",
            "child_director",
            "social_worker",
            "womens_federation",
            "youth_league",
            "doctor",
        ),
        one_of("ended_why", "", "by_hand", "left"),
    )

    id: str = id_column()
    case_id: str = Field(foreign_key="care_case.id", index=True)
    kind: str
    body: str
    language: str = "cmn"
    name_sealed: str = sealed_column("group_member.name.{id}")
    phone_sealed: str = sealed_column("group_member.phone.{id}")
    phone_index: str = text_column()
    phone_masked: str = text_column()
    mail_sealed: str = sealed_column("group_member.mail.{id}")
    mail_index: str = text_column()
    fields: list[str] = made_list_column()
    called_sealed: str = sealed_column("group_member.called.{id}")
    asked_sealed: str = sealed_column("group_member.asked.{id}")
    known_sealed: str = sealed_column("group_member.known.{id}")
    place_sealed: str = sealed_column("group_member.place.{id}")
    health_sealed: str = sealed_column("group_member.health.{id}")
    visit_on: date | None = None
    provision_id: str = Field(foreign_key="provision.id", index=True)
    by: str
    at: datetime
    ends_at: datetime
    joined_at: datetime | None = None
    seen_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str = text_column()
    ended_why: str = text_column()
    link_delivery_id: str = Field(default="", index=True, sa_column_kwargs={"server_default": ""})
    tries: int = count_column()
    locked_at: datetime | None = None


class GroupLink(SQLModel, table=True):
    """A link that a member was sent. Each try to send one makes its own; a new one ends the old."""

    __tablename__ = "group_link"

    hash: str = Field(primary_key=True)
    member_id: str = Field(foreign_key="group_member.id", index=True)
    at: datetime


class GroupCode(SQLModel, table=True):
    """A code that was asked for; the newest counts. `hash`: keyed, written when it is sent.

    `delivery_id`: the text that carries it; empty: the inviter tells it on the telephone.
    """

    __tablename__ = "group_code"

    id: str = id_column()
    member_id: str = Field(foreign_key="group_member.id", index=True)
    delivery_id: str = Field(default="", index=True, sa_column_kwargs={"server_default": ""})
    hash: str = text_column()
    asked_at: datetime
    expires_at: datetime | None = None
    used_at: datetime | None = None


class GroupSession(SQLModel, table=True):
    """A browser in which a member has entered a code. No session of staff, and never one."""

    __tablename__ = "group_session"

    token_hash: str = Field(primary_key=True)
    member_id: str = Field(foreign_key="group_member.id", index=True)
    at: datetime
    expires_at: datetime


class GroupTask(SQLModel, table=True):
    """One thing that a member is asked to do."""

    __tablename__ = "group_task"

    id: str = id_column()
    member_id: str = Field(foreign_key="group_member.id", index=True)
    words_sealed: str = sealed_column("group_task.words.{id}")
    due_on: date | None = None
    by: str
    at: datetime
    done_at: datetime | None = None


class GroupNote(SQLModel, table=True):
    """What a member wrote: a note, that they cannot, or that they see danger.

    `key`: of the browser's try; what comes twice under one is kept once.
    """

    __tablename__ = "group_note"
    __table_args__ = (
        one_of("kind", "note", "cannot", "danger"),
        UniqueConstraint("member_id", "key"),
    )

    id: str = id_column()
    member_id: str = Field(foreign_key="group_member.id", index=True)
    kind: str
    words_sealed: str = sealed_column("group_note.words.{id}")
    key: str
    at: datetime
