"""A talk read from the rows, and written back: what was decided in `talk` becomes wishes and news.

Hold the call before. Lock order: call, then participants, then presences by id.
"""

from datetime import datetime

import structlog
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from hotline.callcontrol.model import (
    ParticipantEvent,
    ParticipantRole,
    ParticipantState,
    Wanted,
    act_due,
)
from hotline.callcontrol.participants import (
    ON_THE_WAY,
    end_participant,
    lock_participant,
    move_participant,
)
from hotline.callcontrol.talk import SECONDS, Effect, Talk, dismiss, dissolve, settle
from hotline.calls.model import CallState, Urgency
from hotline.calls.service import add_call_entry
from hotline.debriefs.service import owe_debrief
from hotline.ports import LegStatus
from hotline.staff.model import PresenceEvent, PresenceState
from hotline.staff.presence import CALLED_IN, call_in, leave_again, lock_presence, move_presence
from hotline.staff.wellbeing import talk_ended
from hotline.storage.session import Work
from hotline.storage.tables import Call, Participant, Presence

log = structlog.get_logger()


async def open_talk(work: Work, call: Call) -> Talk:
    """Everybody who is or was in it, locked."""
    query = select(Participant).where(Participant.call_id == call.id)
    ordered = query.order_by(col(Participant.id)).with_for_update()
    people = await work.exec(ordered.execution_options(populate_existing=True))
    return Talk(call, list(people.all()))


async def close_talk(work: Work, talk: Talk, *, at: datetime) -> None:
    """Write what was decided: new people, the timeline, presences. The dialler hears of all."""
    for one in talk.people:
        if one.wanted == Wanted.OUT and one.state == ParticipantState.ASKED:
            end_participant(
                work, talk.call, one, at=at, status=LegStatus.CANCELED, why="not_wanted"
            )
        work.add(one)
        if act_due(one, at) is not None:
            work.announce("leg", one.id)
    for news in talk.news:
        add_call_entry(work, talk.call, news.kind, at=at, staff_id=news.staff_id, facts=news.facts)
    for staff_id, effect in sorted(talk.effects.items()):
        await _affect(work, talk.call, staff_id, effect, at=at)


async def settle_talk(work: Work, call: Call, *, at: datetime, late: bool = False) -> Talk:
    """Somebody came or went: what is wanted of the others. `late`: also what time brings up."""
    talk = await open_talk(work, call)
    settle(talk, now=at if late else None)
    await close_talk(work, talk, at=at)
    return talk


async def end_talk(work: Work, call: Call, *, at: datetime) -> None:
    """Everybody out: the caller is out already, whom we dialled is hung up.

    A caller whom we dialled, and who has not picked up, is rung no more.
    """
    talk = await open_talk(work, call)
    dissolve(talk)
    caller = talk.caller
    if caller is not None and caller.state in ON_THE_WAY:
        dismiss(caller)
    elif caller is not None:
        end_participant(work, call, caller, at=at, status=LegStatus.COMPLETED)
    await close_talk(work, talk, at=at)


async def join_talk_as_said(work: Work, call: Call, one: Participant, *, at: datetime) -> None:
    """They are let in now, by a document that says who hears them and what their leaving means."""
    move_participant(work, one, ParticipantEvent.JOINED, at=at)
    await settle_talk(work, call, at=at)
    one.voice, one.ends = one.voice_wanted, one.ends_wanted


async def somebody_is_leaving(work: Work, call_id: str) -> bool:
    """Whether somebody of the talk before is still in the conference: it ends when they go.

    Whoever comes in meanwhile would be torn out with them.
    """
    query = select(Participant.id).where(
        Participant.call_id == call_id,
        Participant.role != ParticipantRole.CALLER,
        Participant.state == ParticipantState.IN_TALK,
        Participant.wanted == Wanted.OUT,
    )
    return (await work.exec(query.limit(1))).first() is not None


async def hold_reported(work: Work, participant_id: str, *, held: bool) -> None:
    """News of a hold, that may be old: reason to ask for what is wanted, and never proof of it.

    Whoever waits for the caller to be on hold would else come in on the news of a hold before.
    """
    one = await lock_participant(work, participant_id)
    if held != one.hold_wanted:
        one.held = None
        work.announce("leg", one.id)


async def talks_to_settle(work: Work) -> list[str]:
    """Calls in whose talk there is or was more than caller, counselor and interpreter."""
    return list((await work.exec(talks_of_many().distinct())).all())


def talks_of_many() -> SelectOfScalar[str]:
    """The same, to be narrowed."""
    beside = (*SECONDS, ParticipantRole.SUPERVISOR)
    asked = (col(Participant.held_for) != "") | (col(Participant.keys) == "asked")
    return (
        select(Participant.call_id)
        .join(Call, col(Call.id) == col(Participant.call_id))
        .where(Call.state == CallState.TALKING, Participant.state != ParticipantState.ENDED)
        .where(col(Participant.role).in_(beside) | asked)
    )


# ── what a talk does to presences ───────────────────────────────────────────────────────────────


async def _affect(work: Work, call: Call, staff_id: str, effect: Effect, *, at: datetime) -> None:
    if effect is Effect.TALKS:
        await call_in(work, staff_id, call.id, at=at)
        return
    presence = await lock_presence(work, staff_id)
    if presence.call_id != call.id or presence.state != PresenceState.TALKING:
        return  # they are with somebody else by now
    if effect is Effect.WRAPS_UP:
        await wrap_up(work, call, presence, at=at)
    else:
        set_free(work, presence, at=at)


async def wrap_up(work: Work, call: Call, presence: Presence, *, at: datetime) -> None:
    """The talk is over for them, the record is to be written; after danger a debrief is owed."""
    called_in, heavy = presence.reason == CALLED_IN, call.urgency == Urgency.CRISIS
    move_presence(work, presence, PresenceEvent.TALK_ENDED, at=at)
    talk_ended(presence, crisis=heavy, at=at)
    if heavy and call.joined_at is not None:
        await owe_debrief(work, presence.staff_id, call.id, at=at)
    presence.idle_since = at
    add_call_entry(work, call, "counselor.wrapping_up", at=at, staff_id=presence.staff_id)
    leave_again(work, presence, called_in=called_in, at=at)


def set_free(work: Work, presence: Presence, *, at: datetime) -> None:
    """They only helped: no record is owed, and their place among the idle is as it was."""
    called_in = presence.reason == CALLED_IN
    move_presence(work, presence, PresenceEvent.HELPED, at=at)
    leave_again(work, presence, called_in=called_in, at=at)
