"""Whoever reports a child is kept secret from receivers (requirement 43; 反家庭暴力法 §14).

The caller of a case may be the child, or somebody who tells of them. Until it is known to be the
child, the caller counts as a reporter: receivers see neither number nor name of a reporter before a
supervisor releases it, with a reason. People of the hotline see them as ever.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from hotline.cases.model import LinkKind
from hotline.cases.people import required
from hotline.cases.queries import case_of, linked_calls, standing_case, together
from hotline.cases.timeline import CaseAct, keep_trace, tell, tell_in_words
from hotline.errors import IllegalMove
from hotline.numbers import as_people_dial
from hotline.records.model import ContactType
from hotline.staff.actor import SYSTEM, Actor
from hotline.storage.sealed import open_cell, seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import Call, CaseLink, CaseReporter, Record
from hotline.storage.vault import Vault

NOBODY = "No caller of this case is a reporter."
CALLER_SAID = "reporter.said"
RELEASED = "Receivers may know the reporter already."


@dataclass(frozen=True, slots=True, kw_only=True)
class ReporterSeen:
    """`is_caller`: a caller is a reporter and not the child. `hidden`: receivers may not know."""

    is_caller: bool
    hidden: bool


@dataclass(frozen=True, slots=True)
class CallerSeen:
    """Of one call of a case: the same."""

    call_id: str
    is_reporter: bool
    is_released: bool


async def reporter_of(work: Work, case_id: str) -> ReporterSeen | None:
    """Of all that is read together with a case: hidden in one, hidden in all. None: not asked."""
    callers = await _callers_asked(work, case_id)
    if callers is None:
        return None
    reporters = [one for one in callers if one.is_reporter]
    return ReporterSeen(
        is_caller=bool(reporters), hidden=any(not one.is_released for one in reporters)
    )


async def is_hidden(work: Work, call_id: str) -> bool:
    """Whether receivers may not know who made this call: the case is asked, and the call alone."""
    case_id = await case_of(work, LinkKind.CALL, call_id)
    callers = None if case_id is None else await _callers_asked(work, case_id)
    of_call = (one for one in callers or () if one.call_id == call_id)
    return any(one.is_reporter and not one.is_released for one in of_call)


async def _callers_asked(work: Work, case_id: str) -> list[CallerSeen] | None:
    """None: nobody has asked who called about this case."""
    ids = await together(work, case_id)
    asked = await work.exec(select(CaseReporter.case_id).where(col(CaseReporter.case_id).in_(ids)))
    return None if asked.first() is None else await _callers(work, ids)


async def _callers(work: Work, ids: frozenset[str]) -> list[CallerSeen]:
    """Each call by itself, by the case that it was brought into.

    The record says who called. What a person said, or a supervisor released, is about the calls
    that belonged to that case by then: who calls later, or comes with another case, is not known.
    """
    query = (
        select(CaseLink.subject_id, CaseLink.at, Record.contact_type, CaseReporter)
        .join(Record, col(Record.call_id) == col(CaseLink.subject_id), isouter=True)
        .join(CaseReporter, col(CaseReporter.case_id) == col(CaseLink.case_id), isouter=True)
        .where(col(CaseLink.case_id).in_(ids), CaseLink.kind == LinkKind.CALL)
        .where(col(CaseLink.ended_at).is_(None))
    )
    return [
        CallerSeen(call_id, *_judged(since, contact, row))
        for call_id, since, contact, row in (await work.exec(query)).all()
    ]


def _judged(since: datetime, contact: str | None, row: CaseReporter | None) -> tuple[bool, bool]:
    said = row is not None and row.said_by != str(SYSTEM) and since <= row.said_at
    is_reporter = row.is_caller if said and row is not None else contact != ContactType.SELF
    released = row.released_at if row is not None else None
    return is_reporter, released is not None and since <= released


async def ask_who_called(work: Work, case_id: str, *, at: datetime) -> None:
    """From now on whoever called about this case is kept secret, unless it was the child."""
    adding = insert(CaseReporter).values(
        case_id=case_id, is_caller=True, said_by=str(SYSTEM), said_at=at
    )
    await work.exec(adding.on_conflict_do_nothing(index_elements=["case_id"]))


async def say_who_called(work: Work, act: CaseAct, case_id: str, *, is_caller: bool) -> None:
    """Somebody who knows says it, of the calls that belong to the case by now."""
    standing = await standing_case(work, case_id)
    for row in await _lock_all(work, standing, act):
        row.is_caller, row.said_by, row.said_at = is_caller, str(act.by), act.at
    tell(work, standing, CALLER_SAID, at=act.at, actor=act.by, is_caller=is_caller)


async def release_caller(work: Work, act: CaseAct, case_id: str, reason: str) -> None:
    """Receivers may read the number of whoever called, from now on. Raises `Invalid` without why.

    A reporter among the people of a case is another thing: `people.release_reporter`.
    """
    words = required(reason).strip()
    standing = await standing_case(work, case_id)
    if await reporter_of(work, standing) is None:
        raise IllegalMove(NOBODY)
    rows = await _lock_all(work, standing, act)
    seen = await reporter_of(work, standing)
    if seen is None or not seen.is_caller:
        raise IllegalMove(NOBODY)
    if not seen.hidden:
        raise IllegalMove(RELEASED)
    for row in rows:
        row.released_at, row.released_by = act.at, str(act.by)
        row.reason_sealed = seal_cell(act.vault, row, "reason_sealed", words)
    tell_in_words(work, act, standing, "reporter.released", words)


async def number_of_reporter(
    work: Work, vault: Vault, case_id: str, *, by: Actor, at: datetime
) -> str:
    """As people dial it; empty where it was withheld. That it was read is in the timeline.

    The caller has seen that it is not hidden. Of several calls, the newest one's.
    """
    calls = await linked_calls(work, await together(work, case_id))
    query = select(Call).where(col(Call.id).in_(calls), Call.from_sealed != "")
    call = (await work.exec(query.order_by(col(Call.arrived_at).desc()))).first()
    standing = await standing_case(work, case_id)
    keep_trace(work, standing, ("reporter",), by=by, at=at)
    return "" if call is None else as_people_dial(open_cell(vault, call, "from_sealed"))


async def _lock_all(work: Work, standing: str, act: CaseAct) -> list[CaseReporter]:
    """One for the case that stands and for each merged into it, made where there is none."""
    found = []
    for case_id in sorted(await together(work, standing)):
        await ask_who_called(work, case_id, at=act.at)
        query = select(CaseReporter).where(CaseReporter.case_id == case_id).with_for_update()
        held = await work.exec(query.execution_options(populate_existing=True))
        found.append(held.one())
    return found
