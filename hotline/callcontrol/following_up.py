"""Somebody who was at high risk is called again: a counselor's own phone rings first, then theirs.

The line's number is shown, as to whoever is called back, and who picks up hears nothing that tells
what kind of service calls: a mailbox keeps what it hears.
"""

from collections.abc import Mapping

from hotline.callcontrol.calling_back import CallingBack, require_number, ring_own_phone
from hotline.callcontrol.whom import whom_of_call
from hotline.calls.model import Urgency
from hotline.calls.returning import tries_at
from hotline.calls.service import add_call_entry
from hotline.errors import IllegalMove
from hotline.followups.acts import take
from hotline.followups.attempts import begin_attempt
from hotline.followups.model import FollowUpEvent, state_after
from hotline.followups.policy import WhyNotNow, why_not_now
from hotline.followups.service import IN_HAND, NOT_LIVE, hold_follow_up, safe_hours
from hotline.storage.session import Work
from hotline.storage.tables import Call, FollowUp

REFUSED_NOW: Mapping[WhyNotNow, str] = {
    WhyNotNow.NO_CONSENT: (
        "They have not said that they want to be called. In imminent danger a supervisor may decide"
        " to call all the same."
    ),
    WhyNotNow.OUT_OF_HOURS: "This is not an hour at which calling is safe for them.",
    WhyNotNow.JUST_RUNG: "Their phone rang within the last hour. Try at another hour of the day.",
}
NOT_NOW = "This sequence has no call to make now: see what it waits for."


async def call_again(work: Work, follow_up_id: str, staff_id: str, *, by: CallingBack) -> Call:
    """Begin the next call of a sequence, which is theirs from now on. Raises as `call_back`.

    Of two who press at once, one begins: the row is held, and says that it is in hand.
    """
    follow_up = await hold_follow_up(work, follow_up_id)
    require_open(follow_up)
    tries = (await tries_at(work, [follow_up.from_index])).get(follow_up.from_index)
    rang_at = tries.rang_at if tries else None
    against = why_not_now(follow_up.consent, safe_hours(follow_up), rang_at, at=by.at)
    if against is not None:
        raise IllegalMove(REFUSED_NOW[against])
    first = await work.get_one(Call, follow_up.call_id)
    whom = whom_of_call(first, by.vault, urgency=Urgency.ROUTINE)
    await require_number(work, whom, urgency=Urgency.CRISIS, by=by)
    if follow_up.owner_id != staff_id:
        await take(work, follow_up, staff_id, at=by.at)
    made = await ring_own_phone(work, whom, staff_id, by=by)
    await begin_attempt(work, follow_up, made, by_id=staff_id, at=by.at)
    facts = {"follow_up": follow_up.id, "call": made.id}
    add_call_entry(work, first, "follow_up.called", at=by.at, staff_id=staff_id, facts=facts)
    return made


def require_open(follow_up: FollowUp) -> None:
    """Nobody has it in hand, and it has a call to make. Raises `IllegalMove`."""
    if state_after(follow_up.state, FollowUpEvent.BEGUN) is None:
        known = {"in_hand": IN_HAND, "stopped": NOT_LIVE, "finished": NOT_LIVE}
        waits = REFUSED_NOW[WhyNotNow.NO_CONSENT] if follow_up.state == "proposed" else NOT_NOW
        raise IllegalMove(known.get(follow_up.state, waits))
