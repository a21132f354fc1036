"""A caller whom nobody could lead on talks with the line's duty phone, past our switchboard.

The carrier says when the duty phone picks up. Who then leaves has talked with a person: that is an
outcome of its own, since no counselor of ours was there. A pick-up of a few seconds is none: it
was a mailbox or a mistake, and nobody in need may count as served by it.
"""

from datetime import datetime, timedelta

from hotline.calls.model import CallState, Outcome
from hotline.storage.tables import Call

WITH_DUTY_PHONE = "duty_phone"  # the step of a caller who was put through there
BACK_FROM_IT = "back_from_duty_phone"
A_TALK = timedelta(seconds=20)
SOON = 2  # rounds of waiting: who leaves so soon after the talk did not wait for anybody else

_BEFORE_ANYBODY_ELSE = (CallState.FLOW, CallState.CLOSING)


def meet_duty_phone(call: Call, *, at: datetime) -> bool:
    """The duty phone picked up. False, and nothing done, where the caller is not put through."""
    on_the_way = call.state == CallState.CLOSING and call.step == WITH_DUTY_PHONE
    if call.duty_phone_at is not None or not (on_the_way or call.state == CallState.FLOW):
        return False
    call.duty_phone_at, call.step = at, WITH_DUTY_PHONE
    return True


def was_with_duty_phone(call: Call, *, at: datetime) -> None:
    """Found out later: they talked with the duty phone since `at`, to the end of their call."""
    on_their_own = (CallState.WAITING, *_BEFORE_ANYBODY_ELSE)
    if call.duty_phone_at is None and call.outcome is None and call.state in on_their_own:
        call.duty_phone_at, call.waits = at, 0


def leave_duty_phone(call: Call, *, at: datetime) -> None:
    """The caller is with us again: what was too short for a talk does not count."""
    if call.duty_phone_at is not None and at - call.duty_phone_at < A_TALK:
        call.duty_phone_at = None


def outcome_after_duty_phone(call: Call, left: str, *, at: datetime) -> Outcome | None:
    """What the end counts as where they had a talk there. `left`: the state they left in."""
    if call.duty_phone_at is None or at - call.duty_phone_at < A_TALK:
        return None
    just_back = left == CallState.WAITING and call.waits <= SOON
    return Outcome.DUTY_PHONE if left in _BEFORE_ANYBODY_ELSE or just_back else None
