"""Whether a membership is over, asked at each step of a member: nobody has to be told that it is.

It ends by date, by hand, when they leave, and with what it stands on: the case, the consent, and
that nobody who is suspected of the harm reads along. A case that is opened again brings nobody
back, nor does one that stands alone again: they are invited anew.
"""

import unicodedata
from datetime import datetime
from enum import StrEnum

from sqlalchemy import text
from sqlmodel import col, exists, select

from hotline.cases.merging import MERGED_INTO, UNMERGED
from hotline.cases.model import CaseState
from hotline.cases.queries import together
from hotline.handovers.guardians import is_blocked
from hotline.helpgroups.grounds import stands_still
from hotline.storage.sealed import open_cell
from hotline.storage.session import Work
from hotline.storage.tables import Case, CasePerson, GroupMember
from hotline.storage.vault import Vault

INVITED, CLOSED = "invited", "case.closed"

# Where the case of a member stood, from which entry of the timelines to which: by itself, and in
# each that it went into, while it was in it. Whether one of these was closed since they were
# invited. By the order of the entries: a clock may have been set back.
WAS_CLOSED = text("""
with recursive stood as (
    select cast(:case_id as text) as case_id,
        cast(0 as bigint) as since, cast(null as bigint) as until
    union
    select went.facts ->> 'other_id', greatest(stood.since, went.id), least(stood.until, back.id)
    from stood
    join case_event went on went.case_id = stood.case_id and went.kind = :merged_into
    left join lateral (
        select min(id) as id from case_event
        where case_id = went.case_id and kind = :unmerged and id > went.id
    ) back on true
    where (stood.until is null or went.id < stood.until)
        and (back.id is null or back.id > stood.since)
), invited as (
    select max(id) as id from case_event
    where case_id in (select case_id from stood)
        and kind = :invited and facts ->> 'member_id' = :member_id
)
select exists (
    select from stood
    join case_event closed on closed.case_id = stood.case_id and closed.kind = :closed
    join invited on closed.id > invited.id
    where closed.id > stood.since and (stood.until is null or closed.id < stood.until)
)
""")


class WhyOver(StrEnum):
    """Why somebody is no member any more."""

    BY_HAND = "by_hand"
    LEFT = "left"
    EXPIRED = "expired"
    CASE_CLOSED = "case_closed"
    BASIS_GONE = "basis_gone"
    BLOCKED = "blocked"


async def why_over(
    work: Work, vault: Vault, member: GroupMember, *, at: datetime
) -> WhyOver | None:
    """The first reason that holds; None while they are a member."""
    if member.ended_at is not None:
        return WhyOver(member.ended_why)
    if member.ends_at <= at:
        return WhyOver.EXPIRED
    if await _is_closed(work, member) or await _was_closed(work, member):
        return WhyOver.CASE_CLOSED
    if await is_suspect(work, vault, member):
        return WhyOver.BLOCKED
    return None if await stands_still(work, member) else WhyOver.BASIS_GONE


async def is_suspect(work: Work, vault: Vault, member: GroupMember) -> bool:
    """Whether theirs is the name or the telephone of somebody suspected of the harm.

    By their telephone wherever they are suspected; by their name in this case.
    """
    if await is_blocked(work, member.phone_index):
        return True
    query = select(CasePerson).where(
        col(CasePerson.case_id).in_(await together(work, member.case_id)),
        col(CasePerson.suspected_abuser),
    )
    suspects = (await work.exec(query)).all()
    if member.phone_index and member.phone_index in {one.phone_index for one in suspects}:
        return True
    names = {_one_form(open_cell(vault, one, "name_sealed")) for one in suspects} - {""}
    return bool(names) and _one_form(open_cell(vault, member, "name_sealed")) in names


def _one_form(name: str) -> str:
    """A name, however it was typed."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


async def _is_closed(work: Work, member: GroupMember) -> bool:
    """The case that stands. What was merged into it may have been closed before."""
    closed = exists().where(
        col(Case.id).in_(await together(work, member.case_id)),
        col(Case.merged_into_id).is_(None),
        col(Case.state) == CaseState.CLOSED,
    )
    return bool((await work.exec(select(closed))).one())


async def _was_closed(work: Work, member: GroupMember) -> bool:
    """Theirs, or one that it was in then, since they were invited."""
    values = {
        "case_id": member.case_id,
        "member_id": member.id,
        "merged_into": MERGED_INTO,
        "unmerged": UNMERGED,
        "invited": f"group.{INVITED}",
        "closed": CLOSED,
    }
    return bool((await work.sql(WAS_CLOSED, values)).scalar_one())
