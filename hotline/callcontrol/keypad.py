"""Yes and no by keypad, for a caller who cannot speak while a counselor is with them.

Keys that are pressed in a conference do not reach us, and the music of a hold takes none. So the
caller's own leg is led out of the conference for a moment, to a question that listens, and back
in. The conference stays, since for that long the caller's leaving does not end it.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from hotline.callcontrol.arrangement import close_talk, open_talk
from hotline.callcontrol.model import Act, act_due, is_at_question
from hotline.callcontrol.participants import WayIn, lock_participant
from hotline.callcontrol.talk import Talk, require_counselor, require_talk, settle
from hotline.calls.model import CallState
from hotline.calls.service import add_call_entry
from hotline.errors import IllegalMove
from hotline.storage.session import Work
from hotline.storage.tables import Call, Participant

QUESTION = "talk.ask_keys"  # the prompt
GIVE_UP_AFTER = timedelta(seconds=45)  # question and silence take half of it
ON_HOLD = "The caller is on hold. Bring them back first, then ask."


class KeypadAnswer(StrEnum):
    """What the caller pressed. `none`: nothing; `other`: a key that we gave no meaning."""

    YES = "yes"
    NO = "no"
    DANGER = "danger"
    OTHER = "other"
    NONE = "none"


MEANINGS = {
    "1": KeypadAnswer.YES,
    "2": KeypadAnswer.NO,
    "9": KeypadAnswer.DANGER,
    "": KeypadAnswer.NONE,
}


async def ask_keys(work: Work, call: Call, *, at: datetime, by: str) -> None:
    """The caller is to hear the question. Asked already: fine. Hold the call.

    Raises `IllegalMove` without a talk, and while the caller is on hold.
    """
    talk = await open_talk(work, call)
    caller = require_talk(talk)
    require_counselor(talk)
    if caller.hold_wanted or caller.held is not False:
        raise IllegalMove(ON_HOLD)
    if is_at_question(caller):
        return
    caller.keys = "wanted"
    talk.tell("caller.asked_keys", by)
    settle(talk)
    await close_talk(work, talk, at=at)


async def begin_question(work: Work, participant_id: str, *, at: datetime) -> WayIn | None:
    """Whom to lead to the question; None: nobody wants that any more."""
    one = await lock_participant(work, participant_id)
    call = await work.get_one(Call, one.call_id)
    if act_due(one, at) is not Act.ASK_KEYS or call.state != CallState.TALKING:
        return None
    one.keys, one.sent_at = "asked", at
    return WayIn(call.carrier_sid, call.id, call.turn)


async def question_failed(work: Work, participant_id: str) -> None:
    """The carrier did not do it: the next look asks once more."""
    one = await lock_participant(work, participant_id)
    one.keys = "wanted" if one.keys == "asked" else one.keys


async def is_asked_keys(work: Work, call: Call) -> bool:
    """Whether the caller, who asks for a document, is to hear the question now."""
    talk = await open_talk(work, call)
    return talk.caller is not None and talk.caller.keys == "asked"


async def hear_keys(work: Work, call: Call, digits: str, *, at: datetime) -> KeypadAnswer | None:
    """The caller has answered, or was silent, and is on the way back into the talk. Hold the call.

    None where nobody asked.
    """
    talk = await open_talk(work, call)
    caller = talk.caller
    if caller is None or not is_at_question(caller):
        return None
    answer = MEANINGS.get(digits, KeypadAnswer.OTHER)
    _is_back(talk, caller, answer)
    caller.ends = caller.ends_wanted  # the document that leads them in says so
    await close_talk(work, talk, at=at)
    add_call_entry(work, call, "caller.answered_keys", at=at, facts={"answer": answer})
    return answer


async def give_question_up(work: Work, call: Call, *, at: datetime) -> None:
    """Nothing was heard for long: the redirect was lost, or the answer. Hold the call.

    The carrier is told anew that the talk ends with this caller, wherever they are.
    """
    talk = await open_talk(work, call)
    caller = talk.caller
    if caller is None or caller.keys != "asked" or caller.sent_at is None:
        return
    if at - caller.sent_at >= GIVE_UP_AFTER:
        _is_back(talk, caller, KeypadAnswer.NONE)
        caller.ends = None
        await close_talk(work, talk, at=at)


def _is_back(talk: Talk, caller: Participant, answer: KeypadAnswer) -> None:
    caller.keys = answer
    settle(talk)
