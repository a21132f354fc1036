"""Whoever reports a child is kept secret from receivers (requirement 43; 反家庭暴力法 §14).

The caller of a case may be the child, or somebody who tells of them. Until it is known to be the
child, the caller counts as a reporter: receivers see neither number nor name of a reporter before a
supervisor releases it, with a reason. People of the hotline see them as ever.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, func, select

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
from hotline.storage.tables import Call, CaseReporter, Record
from hotline.storage.vault import Vault

NOBODY = "No caller of this case is a reporter."
CALLER_SAID = "reporter.said"
RELEASED = "Receivers may know the reporter already."


@dataclass(frozen=True, slots=True, kw_only=True)
class ReporterSeen:
    """`is_caller`: the caller is a reporter and not the child. `hidden`: receivers may not know."""

    is_caller: bool
    released_at: datetime | None

    @property
    def hidden(self) -> bool:
        """Whether number and name of the caller are to be kept from receivers."""
        return self.is_caller and self.released_at is None


async def reporter_of(work: Work, case_id: str) -> ReporterSeen | None:
    """Of all that is read together with a case: hidden in one, hidden in all. None: not asked."""
    query = select(CaseReporter).where(col(CaseReporter.case_id).in_(await together(work, case_id)))
    found = [
        ReporterSeen(is_caller=row.is_caller, released_at=row.released_at)
        for row in (await work.exec(query)).all()
    ]
    return max(found, key=lambda one: (one.hidden, one.is_caller), default=None)


async def expect_reporter(work: Work, case_id: str, *, at: datetime) -> None:
    """As the records of all its calls say; while one does not say "self", they are kept secret.

    What a person said stays.
    """
    calls = await linked_calls(work, await together(work, case_id))
    query = select(func.count()).where(col(Record.call_id).in_(calls))
    of_themselves = query.where(Record.contact_type == ContactType.SELF)
    is_caller = (await work.exec(of_themselves)).one() < len(calls)
    values = {"case_id": case_id, "is_caller": is_caller, "said_by": str(SYSTEM), "said_at": at}
    adding = insert(CaseReporter).values(values)
    await work.exec(
        adding.on_conflict_do_update(
            index_elements=["case_id"],
            set_={"is_caller": is_caller, "said_at": at},
            where=(col(CaseReporter.said_by) == str(SYSTEM)),
        )
    )


async def expect_again(work: Work, call_id: str, *, at: datetime) -> None:
    """Its record says who called, or it came to the case: that decides, unless a person has."""
    case_id = await case_of(work, LinkKind.CALL, call_id)
    if case_id is not None and await work.get(CaseReporter, case_id) is not None:
        await expect_reporter(work, case_id, at=at)


async def say_who_called(work: Work, act: CaseAct, case_id: str, *, is_caller: bool) -> None:
    """Somebody who knows says it."""
    row = await _lock(work, await standing_case(work, case_id), act)
    row.is_caller, row.said_by, row.said_at = is_caller, str(act.by), act.at
    tell(work, row.case_id, CALLER_SAID, at=act.at, actor=act.by, is_caller=is_caller)


async def release_caller(work: Work, act: CaseAct, case_id: str, reason: str) -> None:
    """Receivers may read the number of whoever called, from now on. Raises `Invalid` without why.

    A reporter among the people of a case is another thing: `people.release_reporter`.
    """
    words = required(reason).strip()
    query = select(CaseReporter).where(
        col(CaseReporter.case_id).in_(await together(work, case_id)), col(CaseReporter.is_caller)
    )
    held = query.order_by(col(CaseReporter.case_id)).with_for_update()
    rows = (await work.exec(held.execution_options(populate_existing=True))).all()
    if not rows:
        raise IllegalMove(NOBODY)
    hidden = [row for row in rows if row.released_at is None]
    if not hidden:
        raise IllegalMove(RELEASED)
    for row in hidden:
        row.released_at, row.released_by = act.at, str(act.by)
        row.reason_sealed = seal_cell(act.vault, row, "reason_sealed", words)
    standing = await standing_case(work, case_id)
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


async def _lock(work: Work, case_id: str, act: CaseAct) -> CaseReporter:
    query = select(CaseReporter).where(CaseReporter.case_id == case_id).with_for_update()
    found = (await work.exec(query.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        found = CaseReporter(case_id=case_id, said_by=str(act.by), said_at=act.at)
        work.add(found)
    return found
