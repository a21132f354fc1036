"""A case is opened, gets its calls and escalations, is closed. Lock order: call, escalation, case.

Each act writes the timeline and announces, in the caller's unit of work. Who may do what is asked
before, by `queries.require_case`.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from hotline.cases.hindrances import CaseLook, require_over
from hotline.cases.model import CaseEvent, CaseResult, CaseState, LinkKind, OpenedAs, after
from hotline.cases.queries import case_of, standing_case, together
from hotline.cases.refusals import refusal
from hotline.cases.timeline import CaseAct, tell, tell_in_words
from hotline.errors import Invalid, NotFound
from hotline.records.places import place_in_record
from hotline.staff.actor import Actor
from hotline.storage.erased import require_kept
from hotline.storage.session import Work
from hotline.storage.tables import Call, Case, CaseLink
from hotline.storage.tables.columns import new_id

log = structlog.get_logger()

NUMBER_DIGITS = 7
NO_WORDS = "Write what the case came to."
LINKED: Mapping[LinkKind, str] = {
    LinkKind.CALL: "case.call_linked",
    LinkKind.ESCALATION: "case.escalation_linked",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Why a case is opened, by whom, and who is to hold it. `escalation_id`: what began it."""

    opened_as: OpenedAs
    station_id: str | None
    by: Actor
    at: datetime
    escalation_id: str = ""

    def belonging(self, call: Call) -> Iterator[tuple[LinkKind, str]]:
        """What belongs to it from the beginning."""
        yield LinkKind.CALL, call.id
        if self.escalation_id:
            yield LinkKind.ESCALATION, self.escalation_id


async def case_for_call(work: Work, call: Call, opening: Opening) -> Case:
    """The case that this call belongs to, which is opened where there is none.

    One that was closed is open again: there is something new to look after. The caller holds the
    call, so that two flags at once open one case. What is written of a call that was erased is
    erased in its turn, by the time of the case.
    """
    call.erased_at = None
    case = await _lock_case_of(work, call)
    if case is None:
        return await _open(work, call, opening)
    if case.closed_at is not None:
        open_again(work, case, by=opening.by, at=opening.at)
    if opening.escalation_id:
        alarm = LinkKind.ESCALATION, opening.escalation_id
        await link(work, case, *alarm, by=opening.by, at=opening.at)
    return case


async def _lock_case_of(work: Work, call: Call) -> Case | None:
    """Asked again once it is held: the call may have been taken out of it, or split off."""
    while (known := await case_of(work, LinkKind.CALL, call.id)) is not None:
        case = await lock_case(work, known)
        if await case_of(work, LinkKind.CALL, call.id) == case.id:
            return case
    return None


async def _open(work: Work, call: Call, opening: Opening) -> Case:
    place = await place_in_record(work, call.id) or call.place_code
    case = await add_case(
        work,
        Case(
            number=draw_number(),
            line_id=call.line_id,
            station_id=opening.station_id,
            division=place,
            opened_as=opening.opened_as,
            opened_by=str(opening.by),
            opened_at=opening.at,
        ),
    )
    tell(work, case.id, "case.opened", at=opening.at, actor=opening.by, why=opening.opened_as)
    for kind, subject_id in opening.belonging(call):  # of nobody else yet: the caller holds them
        at, by = opening.at, str(opening.by)
        row = CaseLink(case_id=case.id, kind=kind, subject_id=subject_id, by=by, at=at)
        work.add(row)
        tell(work, case.id, LINKED[kind], at=at, actor=opening.by, subject_id=subject_id)
    log.info("case.opened", case_id=case.id, opened_as=opening.opened_as)
    return case


async def add_case(work: Work, draft: Case) -> Case:
    """Under the first number drawn that is not taken."""
    while True:
        adding = insert(Case).values(draft.model_dump())
        adding = adding.on_conflict_do_nothing(index_elements=["number"])
        written: Case | None = (await work.exec(adding.returning(Case))).scalar_one_or_none()
        if written is not None:
            return written
        draft.number = draw_number()


def draw_number() -> str:
    """Seven digits to say on the telephone; an escalation has six. Random: it counts nothing."""
    return str(10 ** (NUMBER_DIGITS - 1) + secrets.randbelow(9 * 10 ** (NUMBER_DIGITS - 1)))


async def lock_case(work: Work, case_id: str) -> Case:
    """The case that stands for this one by now, held until the unit ends. Raises `NotFound`."""
    case = await _lock(work, await standing_case(work, case_id))
    while case.merged_into_id is not None:  # it went into another one while we waited
        case = await _lock(work, await standing_case(work, case.id))
    return case


async def lock_kept_case(work: Work, case_id: str) -> Case:
    """The same, to write words of it. Raises `IllegalMove` where all of them were deleted."""
    case = await lock_case(work, case_id)
    require_kept(case)
    return case


async def lock_open_case(work: Work, case_id: str) -> Case:
    """The same of one that somebody still looks after. Raises `CaseRefused` where it is closed."""
    case = await lock_case(work, case_id)
    if case.state != CaseState.OPEN:
        raise refusal("closed")
    return case


async def lock_both(work: Work, first: str, second: str) -> tuple[Case, Case]:
    """Two rows by their own id, in one order whoever asks. Raises `NotFound`."""
    held = {key: await _lock(work, key) for key in sorted({first, second})}
    return held[first], held[second]


async def _lock(work: Work, case_id: str) -> Case:
    query = select(Case).where(Case.id == case_id).with_for_update()
    found = (await work.exec(query.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise NotFound
    return found


async def link(
    work: Work, case: Case, kind: LinkKind, subject_id: str, *, by: Actor, at: datetime
) -> None:
    """This belongs to it. Twice is fine. Raises `CaseRefused` where it is another case's."""
    adding = insert(CaseLink).values(
        id=new_id(), case_id=case.id, kind=kind, subject_id=subject_id, by=str(by), at=at
    )
    adding = adding.on_conflict_do_nothing(
        index_elements=["kind", "subject_id"], index_where=col(CaseLink.ended_at).is_(None)
    )
    added = (await work.exec(adding.returning(col(CaseLink.id)))).scalar_one_or_none()
    if added is not None:
        tell(work, case.id, LINKED[kind], at=at, actor=by, subject_id=subject_id)
    elif await case_of(work, kind, subject_id) != case.id:
        raise refusal("other_case")


def open_again(work: Work, case: Case, *, by: Actor, at: datetime) -> None:
    """There is something to look after again. Raises `IllegalMove` where it is open."""
    case.state = after(case.state, CaseEvent.OPENED_AGAIN)
    case.closed_at, case.result, case.erased_at = None, "", None
    tell(work, case.id, "case.opened_again", at=at, actor=by)


@dataclass(frozen=True, slots=True)
class CaseEnd:
    """What a case came to, and in words."""

    result: CaseResult
    words: str


async def close_case(
    work: Work, act: CaseAct, case_id: str, end: CaseEnd, *, looks: Sequence[CaseLook]
) -> Case:
    """It has come to an end, and to what. Raises `IllegalMove`, `Invalid` without words.

    `looks`: each says what still stands in the way; asked while the case is held, so that a flag
    either is seen here or opens it again.
    """
    if not end.words.strip():
        raise Invalid(NO_WORDS)
    case = await lock_case(work, case_id)
    closed = after(case.state, CaseEvent.CLOSED)
    await require_over(work, await together(work, case.id), looks)
    case.state, case.closed_at, case.result = closed, act.at, end.result
    tell_in_words(work, act, case.id, "case.closed", end.words, result=end.result)
    return case
