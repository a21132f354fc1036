"""A child in danger waits while a counselor writes or rests: how many, and what holds her back.

Reads only. She decides whether to answer: `hotline.staff.presence.answer_danger`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from hotline.calls.queries import danger_waiting
from hotline.staff.model import PresenceState
from hotline.staff.sign_in import SignedIn
from hotline.staff.wellbeing import RELIEFS, care_of, rest_ends_at, strain_of
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
    rule, until = await held_back(work, presence, at=at)
    return DangerWaiting(count=len(waiting), longest_since=waiting[0], rule=rule, until=until)


async def held_back(work: Work, presence: Presence, *, at: datetime) -> tuple[str, datetime | None]:
    """The rule that keeps her phone silent while she writes or rests, and until when."""
    if presence.state == PresenceState.PAUSED:
        return (presence.reason if presence.reason in RELIEFS else "paused"), presence.back_at
    care = await care_of(work, presence.staff_id)
    ended = presence.since.timestamp()
    from_s = protected_until(care, strain_of(presence), talk_ended_at=ended)
    if from_s is None:
        return "after_crisis", rest_ends_at(presence, care)
    opens_at = datetime.fromtimestamp(from_s, UTC)
    return ("protected", opens_at) if opens_at > at else ("wrap_up", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyQuiet:
    """Why her phone does not ring, or not for danger. `rule`: a word of `held_back`."""

    rule: str
    until: datetime | None


async def why_quiet(work: Work, presence: Presence, *, at: datetime) -> WhyQuiet | None:
    """None where nothing keeps her from being rung, she has a call, or is off duty."""
    if presence.state in (PresenceState.WRAPPING_UP, PresenceState.PAUSED):
        rule, until = await held_back(work, presence, at=at)
        return WhyQuiet(rule=rule, until=until)
    if presence.state != PresenceState.READY:
        return None
    if presence.back_at is not None and presence.back_at > at:
        return WhyQuiet(rule="left_out", until=presence.back_at)
    if presence.crisis_in_a_row == 0:
        return None
    spent = presence.crisis_in_a_row >= (await care_of(work, presence.staff_id)).crisis_in_a_row
    return WhyQuiet(rule="asked_last", until=None) if spent else None
