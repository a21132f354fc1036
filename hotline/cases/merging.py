"""Two cases of one person become one, and two again; by people, never by machine.

Nothing is moved: the one that goes points at the one that stands, so that it can be taken back
whenever somebody sees that it was wrong. Both rows are held in one order, whoever asks, so that two
who merge crosswise wait for each other, and the second is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from hotline.cases.model import CaseState
from hotline.cases.people import required
from hotline.cases.queries import linked_calls, standing_case, together
from hotline.cases.refusals import refusal
from hotline.cases.service import lock_both
from hotline.cases.timeline import CaseAct, tell, tell_in_words
from hotline.errors import NotFound
from hotline.storage.session import Work
from hotline.storage.tables import Case

MERGED_INTO = "case.merged_into"
UNMERGED = "case.stands_alone"


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideSeen:
    """A case beside another: to see whether both are about one person."""

    id: str
    number: str
    state: str
    opened_as: str
    opened_at: datetime
    division: str
    station_id: str | None
    calls: int


async def merge(work: Work, act: CaseAct, case_id: str, into_id: str, reason: str) -> Case:
    """Both are about one person: `into_id` stands for both from now on. Raises `CaseRefused`."""
    words = required(reason)
    gone_id, stays_id = await standing_case(work, case_id), await standing_case(work, into_id)
    if gone_id == stays_id:
        raise refusal("same_case")
    gone, stays = await lock_both(work, gone_id, stays_id)
    if gone.merged_into_id is not None or stays.merged_into_id is not None:
        raise refusal("merged_meanwhile")
    if stays.state != CaseState.OPEN:
        raise refusal("into_closed")
    gone.merged_into_id = stays.id
    facts = {"other_id": gone.id, "other_number": gone.number}
    tell_in_words(work, act, stays.id, "case.merged", words, **facts)
    facts = {"other_id": stays.id, "other_number": stays.number}
    tell(work, gone.id, MERGED_INTO, at=act.at, actor=act.by, **facts)
    return stays


async def unmerge(work: Work, act: CaseAct, case_id: str) -> Case:
    """It stands by itself again, as it was, with what was written to it before. No time limit.

    What was written since stands with the case that stood for both. Raises `CaseRefused`.
    """
    gone = await work.get(Case, case_id, populate_existing=True)
    if gone is None:
        raise NotFound
    if gone.merged_into_id is None:
        raise refusal("not_merged")
    gone, stays = await lock_both(work, gone.id, gone.merged_into_id)
    if gone.merged_into_id != stays.id:
        raise refusal("merged_meanwhile")
    gone.merged_into_id = None
    facts = {"other_id": gone.id, "other_number": gone.number}
    tell(work, stays.id, "case.unmerged", at=act.at, actor=act.by, **facts)
    facts = {"other_id": stays.id, "other_number": stays.number}
    tell(work, gone.id, UNMERGED, at=act.at, actor=act.by, **facts)
    return gone


async def merged_into(work: Work, case: Case) -> Sequence[Case]:
    """Those that went into it directly, each of which can stand by itself again."""
    query = select(Case).where(Case.merged_into_id == case.id).order_by(col(Case.opened_at))
    return (await work.exec(query)).all()


async def by_number(work: Work, number: str) -> Case:
    """The case that stands for the one of this number. Raises `NotFound`."""
    query = select(Case.id).where(Case.number == number.strip())
    found = (await work.exec(query)).one_or_none()
    if found is None:
        raise NotFound
    return await work.get_one(Case, await standing_case(work, found))


async def beside(work: Work, case: Case) -> BesideSeen:
    """What tells two cases apart, without a name."""
    calls = await linked_calls(work, await together(work, case.id))
    return BesideSeen(
        id=case.id,
        number=case.number,
        state=case.state,
        opened_as=case.opened_as,
        opened_at=case.opened_at,
        division=case.division,
        station_id=case.station_id,
        calls=len(calls),
    )
