"""Referrals of a case, those somebody sent or was sent, and what is due from them. Reads only."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, or_
from sqlmodel import col, select

from hotline.referrals.model import OPEN, WITH_RECEIVER, ReferralState
from hotline.referrals.policy import ToldAgain
from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission, Relation, through
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Case, Referral, ReferralPlace

MOST_LISTED = 200
WAS_ASKED = or_(
    col(Referral.answered_at).is_not(None),
    col(Referral.state).not_in((ReferralState.ADVISED, ReferralState.WITHDRAWN)),
)
"""Whether its place had to say something: not, where it was taken back before it did."""


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """A referral with its case and its place: nothing of the child."""

    referral: Referral
    case: Case
    place: ReferralPlace

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.referral.state in OPEN

    @property
    def is_back(self) -> bool:
        """Whether it is the turn of whoever referred, though nothing is late."""
        return self.referral.state in (ReferralState.DECLINED, ReferralState.NOT_COME)


async def referrals_of(work: Work, case_ids: Collection[str]) -> list[ReferralRow]:
    """Of all cases that are read together, the newest first."""
    found = await _rows(work, col(Referral.case_id).in_(case_ids))
    return sorted(found, key=lambda row: row.referral.at, reverse=True)


async def sent_by(work: Work, who: SignedIn) -> list[ReferralRow]:
    """What they sent themselves; a supervisor: of their lines; an officer: of their station."""
    ways = through(who.roles, Permission.ADD_TO_CASE)
    mine = col(Referral.by) == str(Actor.of_staff(who.staff_id))
    conditions: dict[Relation, ColumnElement[bool]] = {
        Relation.LINE: col(Case.line_id).in_(who.lines),
        Relation.STATION: col(Case.station_id) == who.station_id,
    }
    more = [condition for way, condition in conditions.items() if way in ways]
    return await _rows(work, or_(mine, *more))


async def sent_to(work: Work, who: SignedIn) -> list[ReferralRow]:
    """What waits at the body this officer belongs to. Nothing that is over, or was taken back."""
    if who.station_id is None or not through(who.roles, Permission.ANSWER_REFERRAL):
        return []
    theirs = col(ReferralPlace.receives)["station"].astext == who.station_id
    return await _rows(work, theirs, col(Referral.state).in_(WITH_RECEIVER))


async def due_from(work: Work, who: SignedIn) -> list[ReferralRow]:
    """What came back to them, or is late after the receiver was told again; a supervisor: what
    nobody did anything about."""
    mine = (col(Referral.by) == str(Actor.of_staff(who.staff_id))) & (
        col(Referral.told) >= ToldAgain.REFERRER
    )
    theirs: ColumnElement[bool] = false()
    if Relation.LINE in through(who.roles, Permission.ADD_TO_CASE):
        theirs = col(Case.line_id).in_(who.lines) & (col(Referral.told) >= ToldAgain.SUPERVISOR)
    return await _rows(work, col(Referral.due_at).is_not(None), or_(mine, theirs))


async def _rows(work: Work, *conditions: ColumnElement[bool] | bool) -> list[ReferralRow]:
    """What is due first at the top, then the newest: no number of new ones hides an open one."""
    query = (
        select(Referral, Case, ReferralPlace)
        .join(Case, col(Case.id) == col(Referral.case_id))
        .join(ReferralPlace, col(ReferralPlace.id) == col(Referral.place_id))
        .where(*conditions)
        .order_by(col(Referral.due_at).nulls_last(), col(Referral.at).desc(), col(Referral.id))
        .limit(MOST_LISTED)
    )
    return [ReferralRow(*row) for row in (await work.exec(query)).all()]
