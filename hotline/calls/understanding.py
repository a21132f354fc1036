"""What a caller understands beside their own language: a person who hears it writes it down.

Routing goes by it (`Need.also_speaks`). Where nobody wrote it, the table of the line's plan counts.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from sqlmodel import col, select

from hotline.calls.model import IN_HAND, CallState, OfferState
from hotline.calls.service import add_call_entry
from hotline.errors import IllegalMove
from hotline.lines.plans import policy_of
from hotline.staff.skills import can_be_read, skills_of
from hotline.storage.session import Work
from hotline.storage.tables import Call, Line, Offer, Staff
from ivr.model import Language
from routing.policy import Need

LANGUAGES: tuple[str, ...] = get_args(Language)
NOTED_IN = (CallState.WAITING, *IN_HAND)
NOT_NOW = (
    "What a caller understands can be written down while they wait or talk, not before or after."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """Which languages count for a caller: `others` beside their own, `known` or from the table.

    `may_be_noted`: whether it can be written down now.
    """

    language: str
    others: tuple[str, ...]
    known: bool
    may_be_noted: bool

    @property
    def choices(self) -> tuple[str, ...]:
        """What can be said of a caller beside their own language."""
        return tuple(one for one in LANGUAGES if one != self.language)

    def toggled(self, language: str) -> list[str]:
        """What counts now, but for this one."""
        return [one for one in self.choices if (one in self.others) != (one == language)]


def understanding_of(call: Call, line: Line) -> Understanding:
    """What is known of a caller, or likely by the plan of their line."""
    return Understanding(
        language=call.language,
        others=policy_of(line).languages_of(_need(call))[1:],
        known=call.also_speaks is not None,
        may_be_noted=call.state in NOTED_IN,
    )


def can_talk(call: Call, line: Line, staff: Staff) -> bool:
    """Whether the two have a language in common. Of an account that cannot be read: no."""
    readable = can_be_read(staff.skills, staff.lines)
    return readable and policy_of(line).can_talk(_need(call), skills_of(staff))


async def note_understanding(
    work: Work, call: Call, others: Collection[str] | None, *, at: datetime, staff_id: str
) -> None:
    """Write down what a caller, whose row is held, understands beside their own language.

    None: it is not known after all. The same again changes nothing. Raises `IllegalMove`.
    """
    if call.state not in NOTED_IN:
        raise IllegalMove(NOT_NOW)
    noted = _in_order(call, others)
    if noted == _in_order(call, call.also_speaks):
        return
    call.also_speaks = noted
    facts = {"also_speaks": noted}
    add_call_entry(work, call, "call.understanding_noted", at=at, staff_id=staff_id, facts=facts)
    await _settle_ringing(work, call)


async def _settle_ringing(work: Work, call: Call) -> None:
    """A phone that rings for this caller was chosen by what was known before.

    Whether an interpreter joins when it is answered goes by what is known now.
    """
    line = await work.get_one(Line, call.line_id)
    query = (
        select(Offer, Staff)
        .join(Staff, col(Staff.id) == col(Offer.staff_id))
        .where(Offer.call_id == call.id, Offer.state == OfferState.PENDING)
    )
    for offer, staff in (await work.exec(query)).all():
        offer.interpreter = not can_talk(call, line, staff)


def _in_order(call: Call, others: Collection[str] | None) -> list[str] | None:
    if others is None:
        return None
    return [one for one in LANGUAGES if one in others and one != call.language]


def _need(call: Call) -> Need:
    known = None if call.also_speaks is None else tuple(call.also_speaks)
    return Need(line=call.line_id, language=call.language, also_speaks=known)
