"""A child in danger waits while a counselor writes or rests: how many, and what holds her back.

Reads only. She decides whether to answer: `hotline.staff.presence.answer_danger`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from hotline.calls.queries import danger_waiting
from hotline.staff.model import PresenceState
from hotline.staff.sign_in import SignedIn
from hotline.staff.wellbeing import RELIEFS, care_of, strain_of
from hotline.storage.session import Work
from hotline.storage.tables import Presence
from routing.care import protected_until


@dataclass(frozen=True, slots=True, kw_only=True)
class DangerWaiting:
    """Children in danger wait on her lines while she writes or rests.

    `rule`: what keeps the system from ringing her, a word of `held_back`; `until`: when it ends by
    itself, None where it does not.
    """

    count: int
    longest_since: datetime
    rule: str
    until: datetime | None


async def danger_for(
    work: Work, who: SignedIn, presence: Presence, *, at: datetime
) -> DangerWaiting | None:
    """None where nobody in danger waits, or where she is rung as it is, or is not on duty."""
    if presence.state not in (PresenceState.WRAPPING_UP, PresenceState.PAUSED):
        return None
    waiting = await danger_waiting(work, who.lines)
    if not waiting:
        return None
    rule, until = await _held_back(work, presence, at=at)
    return DangerWaiting(count=len(waiting), longest_since=waiting[0], rule=rule, until=until)


async def _held_back(
    work: Work, presence: Presence, *, at: datetime
) -> tuple[str, datetime | None]:
    """The rule, and until when."""
    if presence.state == PresenceState.PAUSED:
        return (presence.reason if presence.reason in RELIEFS else "paused"), presence.back_at
    care = await care_of(work, presence.staff_id)
    ended = presence.since.timestamp()
    from_s = protected_until(care, strain_of(presence), talk_ended_at=ended)
    if from_s is None:
        return "after_crisis", None
    opens_at = datetime.fromtimestamp(from_s, UTC)
    return ("protected", opens_at) if opens_at > at else ("wrap_up", None)
