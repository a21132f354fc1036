"""Whether a membership is over, asked at each step of a member: nobody has to be told that it is.

It ends by date, by hand, when they leave, and with what it stands on: the case, the consent, and
that nobody who is suspected of the harm reads along. A case that is opened again brings nobody
back: they are invited anew.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement
from sqlmodel import col, exists, func, or_, select

from hotline.cases.model import CaseState
from hotline.cases.queries import together, way_to_standing
from hotline.handovers.guardians import is_blocked
from hotline.helpgroups.grounds import stands_still
from hotline.storage.session import Work
from hotline.storage.tables import Case, CaseEntry, CasePerson, GroupMember

INVITED, CLOSED = "invited", "case.closed"


class WhyOver(StrEnum):
    """Why somebody is no member any more."""

    BY_HAND = "by_hand"
    LEFT = "left"
    EXPIRED = "expired"
    CASE_CLOSED = "case_closed"
    BASIS_GONE = "basis_gone"
    BLOCKED = "blocked"


async def why_over(work: Work, member: GroupMember, *, at: datetime) -> WhyOver | None:
    """The first reason that holds; None while they are a member."""
    if member.ended_at is not None:
        return WhyOver(member.ended_why)
    if member.ends_at <= at:
        return WhyOver.EXPIRED
    ids = await together(work, member.case_id)
    way = await way_to_standing(work, member.case_id)
    if await _holds(work, or_(_is_closed(ids), _was_closed(way, ids, member))):
        return WhyOver.CASE_CLOSED
    blocked = await is_blocked(work, member.phone_index)
    if blocked or await is_suspects(work, ids, member.phone_index):
        return WhyOver.BLOCKED
    return None if await stands_still(work, member) else WhyOver.BASIS_GONE


async def is_suspects(work: Work, ids: frozenset[str], phone_index: str) -> bool:
    """Whether this is the telephone of somebody in the case who is suspected of the harm."""
    suspect = exists().where(
        col(CasePerson.case_id).in_(ids),
        col(CasePerson.suspected_abuser),
        col(CasePerson.phone_index) == phone_index,
    )
    return bool(phone_index) and await _holds(work, suspect)


def _is_closed(ids: frozenset[str]) -> ColumnElement[bool]:
    """The case that stands. What was merged into it may have been closed before."""
    return exists().where(
        col(Case.id).in_(ids),
        col(Case.merged_into_id).is_(None),
        col(Case.state) == CaseState.CLOSED,
    )


def _was_closed(way: list[str], ids: frozenset[str], member: GroupMember) -> ColumnElement[bool]:
    """Theirs or any that it went into, since they were invited.

    By the order of the timeline: a clock may have been set back.
    """
    mine = col(CaseEntry.facts)["member_id"].astext == member.id
    invited = select(func.max(CaseEntry.id)).where(
        col(CaseEntry.case_id).in_(ids), CaseEntry.kind == f"group.{INVITED}", mine
    )
    return exists().where(
        col(CaseEntry.case_id).in_(way),
        col(CaseEntry.kind) == CLOSED,
        col(CaseEntry.id) > invited.scalar_subquery(),
    )


async def _holds(work: Work, condition: ColumnElement[bool]) -> bool:
    return bool((await work.exec(select(condition))).one())
