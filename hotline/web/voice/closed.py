"""A caller of a line that is closed: who takes over, or why a message is asked for.

Never in danger: those go to people at once, at any hour. Nobody is hung up on.
"""

from datetime import datetime

from hotline.callcontrol.overflow import hand_to_line, serves
from hotline.callers.attention import note_short_calls
from hotline.callers.plans import follow_plan
from hotline.calls.model import CallEvent, Urgency
from hotline.calls.moving import diversion_of, enter_queue
from hotline.calls.service import move_call
from hotline.escalations.danger import raise_endangered
from hotline.lines.hours import hours_of, is_open
from hotline.lines.hours_words import hours_in_words
from hotline.lines.names import name_heard
from hotline.lines.overflow import partner_of
from hotline.storage.session import Work
from hotline.storage.tables import Call, Line
from ivr.model import Utterance

CLOSED = "closed"  # a supervisor closed the queue: nobody knows until when
OUT_OF_HOURS, TO_PARTNER = "closed_now.message", "closed_now.partner"


async def lead_to_people(work: Work, call: Call, *, at: datetime) -> Utterance | None:
    """The flow is over: into the queue, or where a closed line leads. Returns words for that.

    In the queue it is seen whether the number says that they are in danger: then they stay.
    """
    line = await work.get_one(Line, call.line_id)
    closed = await words_when_closed(work, call, at=at)
    await enter_queue(work, call, at=at)
    await note_short_calls(work, call, at=at)
    await follow_plan(work, call)
    await work.flush()
    await raise_endangered(work, at=at, number=call.from_index)
    if closed is None or call.urgency == Urgency.CRISIS:
        return None
    if closed.prompt == OUT_OF_HOURS and await _is_taken_over(work, call, line, at=at):
        return words_of_closed(TO_PARTNER, line, call.language)
    call.queued_at = None  # they were never in line
    move_call(work, call, CallEvent.MESSAGE_STARTED, at=at, why=CLOSED)
    return closed


async def words_when_closed(work: Work, call: Call, *, at: datetime) -> Utterance | None:
    """Why a message is asked for. None where the line is served, or another serves for it."""
    diverted = await diversion_of(work, call.line_id)
    if diverted is not None:
        return None if diverted.to_line_id else Utterance(CLOSED, call.language)
    line = await work.get_one(Line, call.line_id)
    return None if is_open(line, at=at) else words_of_closed(OUT_OF_HOURS, line, call.language)


def words_of_closed(prompt: str, line: Line, said_in: str) -> Utterance:
    """With hours and partner of the line that was dialled, whichever has the caller by now."""
    partner = partner_of(line)
    values = {
        "line": name_heard(line, said_in),
        "hours": hours_in_words(hours_of(line), said_in),
        "partner": partner.name_in(said_in) if partner else "",
    }
    return Utterance(prompt, said_in, values=tuple(values.items()))


async def _is_taken_over(work: Work, call: Call, line: Line, *, at: datetime) -> bool:
    """By a partner outside, whom the alarm rings at once, or by a line of ours that is open."""
    partner = partner_of(line)
    if partner is None or partner.number:
        return partner is not None
    other = await work.get_one(Line, partner.line_id)
    if not await serves(work, other, at=at):
        return False
    hand_to_line(work, call, other, at=at)
    return True
