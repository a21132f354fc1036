"""What keeps counselors well, as states the engine sees. Pure; the matcher knows none of it.

Somebody who rests or has a break is not in the engine at all; who writes up a call is in it under
other flags, for a crisis only; who has taken enough crisis calls in a row is in it without the
certificate, so that they are asked last. Numbers: domain research, requirement 49; the protected
part of the wrap-up: routing research, section 4.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from routing.engine import Flag, Signature, Skills


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """Seconds and counts. `math.inf` in `break_every_s`: nobody is sent to a break.

    `protected_s`: the first part of a wrap-up; a crisis call may cut it short only at a stage that
    says so. `break_share`: of those on duty, how many may be on a break at once (`routing.breaks`).
    """

    protected_s: float = 45.0
    rest_after_crisis_s: float = 900.0
    crisis_in_a_row: int = 2
    break_every_s: float = 7200.0
    break_s: float = 600.0
    break_share: float = 0.2


class Relief(StrEnum):
    """Why somebody who would take calls is not offered any."""

    REST = "rest"  # after a crisis call
    BREAK = "break_due"  # worked for long without one


class Strain(NamedTuple):
    """What a counselor has behind them. Times are seconds of the engine's epoch.

    `working_since`: the end of the last break, or the beginning of the work. `crisis_ended_at`:
    when the last talk ended, if that was a crisis.
    """

    working_since: float
    crisis_in_a_row: int = 0
    crisis_ended_at: float | None = None

    def after_talk(self, *, crisis: bool, now: float) -> "Strain":
        """A talk ended."""
        if crisis:
            in_a_row = self.crisis_in_a_row + 1
            return self._replace(crisis_in_a_row=in_a_row, crisis_ended_at=now)
        return self._replace(crisis_in_a_row=0, crisis_ended_at=None)

    def after_rest(self, *, now: float) -> "Strain":
        """They rested. That was a break as well, but what they heard is still with them."""
        return self._replace(working_since=now, crisis_ended_at=None)

    def after_break(self, *, now: float) -> "Strain":
        """They were away long enough for a break, and begin anew."""
        return Strain(working_since=now)


def relief_due(
    care: Care, strain: Strain, now: float, *, may_leave: bool = True
) -> tuple[Relief, float] | None:
    """What keeps somebody who would take calls now, and until when. None: nothing.

    A break takes the place of a rest that ends before it would. `may_leave`: whether it is their
    turn for a break that is due (`routing.breaks`); a rest is nobody's turn, it is always given.
    """
    ended = strain.crisis_ended_at
    rested_at = now if ended is None else ended + care.rest_after_crisis_s
    if may_leave and now >= break_due_at(care, strain):
        return Relief.BREAK, max(now + care.break_s, rested_at)
    return (Relief.REST, rested_at) if rested_at > now else None


def break_due_at(care: Care, strain: Strain) -> float:
    """When the next break is due; infinite for none."""
    return strain.working_since + care.break_every_s


def signature(care: Care, strain: Strain, skills: Skills, flag: Flag = Flag.READY) -> Signature:
    """How the engine is to see somebody who may be called."""
    if skills.certified and strain.crisis_in_a_row >= care.crisis_in_a_row:
        return Signature(replace(skills, certified=False), flag)
    return Signature(skills, flag)


def protected_until(care: Care, strain: Strain, *, talk_ended_at: float) -> float | None:
    """From when on any crisis may cut a wrap-up short; None after a crisis call, which is rest."""
    return None if strain.crisis_ended_at is not None else talk_ended_at + care.protected_s


def strictest(cares: Iterable[Care]) -> Care:
    """What protects somebody best who works under all of these; of none, the default."""
    each = list(cares) or [Care()]
    return Care(
        protected_s=max(care.protected_s for care in each),
        rest_after_crisis_s=max(care.rest_after_crisis_s for care in each),
        crisis_in_a_row=min(care.crisis_in_a_row for care in each),
        break_every_s=min(care.break_every_s for care in each),
        break_s=max(care.break_s for care in each),
        break_share=min(care.break_share for care in each),
    )
