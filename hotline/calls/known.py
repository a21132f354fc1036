"""Callers who agreed to be connected to the same counselor again, found by the number's index.

A child who told a story once need not tell it to a stranger. It is asked by the counselor in the
talk, counts for half a year, and keeps nobody waiting long: for a minute, while that one is on
duty, others are not asked; then anybody is (`routing.policy`). In danger nobody is kept for it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, delete

from hotline.calls.service import add_call_entry
from hotline.errors import IllegalMove
from hotline.storage.session import Work
from hotline.storage.tables import Call, KnownCaller, Staff

AGREED_FOR = timedelta(days=180)
NOT_ASKED = "The number of this caller was withheld, or nobody has talked with them yet."


@dataclass(frozen=True, slots=True, kw_only=True)
class SameCounselor:
    """What a caller agreed to. `counselor`: whom they reach; empty: nobody in particular.

    `may_be_asked`: there is a number to know them by, and somebody they have talked with.
    """

    agreed: bool
    counselor: str = ""
    until: datetime | None = None
    may_be_asked: bool = True


async def same_counselor_of(work: Work, call: Call, *, at: datetime) -> SameCounselor:
    """As it stands for the number of this call."""
    may_be_asked = bool(call.from_index and call.counselor_id)
    known = await _known(work, call, at=at)
    if known is None:
        return SameCounselor(agreed=False, may_be_asked=may_be_asked)
    staff = await work.get_one(Staff, known.staff_id)
    return SameCounselor(
        agreed=True, counselor=staff.name, until=known.until, may_be_asked=may_be_asked
    )


async def note_same_counselor(
    work: Work, call: Call, *, agreed: bool, at: datetime, staff_id: str
) -> None:
    """Write down what a caller, whose row is held, said when asked. The last word counts.

    Raises `IllegalMove` where they cannot be known again. The same again is written once.
    """
    if not call.from_index or call.counselor_id is None:
        raise IllegalMove(NOT_ASKED)
    known = await _known(work, call, at=at)
    if (known.staff_id if known else None) == (call.counselor_id if agreed else None):
        return
    await work.exec(delete(KnownCaller).where(col(KnownCaller.from_index) == call.from_index))
    if agreed:
        work.add(
            KnownCaller(
                from_index=call.from_index,
                staff_id=call.counselor_id,
                call_id=call.id,
                given_at=at,
                until=at + AGREED_FOR,
            )
        )
    kind = "call.same_counselor_agreed" if agreed else "call.same_counselor_ended"
    add_call_entry(work, call, kind, at=at, staff_id=staff_id)


async def ask_known_first(work: Work, call: Call, *, at: datetime) -> None:
    """A caller, whose row is held, has just entered the queue of a line that serves them."""
    known = await _known(work, call, at=at)
    if known is None or call.meant_for_id is not None:
        return
    staff = await work.get(Staff, known.staff_id)
    if staff is None or not staff.active or call.line_id not in staff.lines:
        return
    call.meant_for_id, call.agreed_to_wait = staff.id, True
    facts = {"since": known.given_at.isoformat()}
    add_call_entry(work, call, "call.known_caller", at=at, staff_id=staff.id, facts=facts)


async def _known(work: Work, call: Call, *, at: datetime) -> KnownCaller | None:
    known = await work.get(KnownCaller, call.from_index) if call.from_index else None
    return known if known is not None and at < known.until else None
