"""When somebody is called again, and at which hours: the rules as data (`plan.toml`). Pure.

Holidays exclude nothing: who was in danger yesterday is called today, whatever day it is.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from hotline.calls.returning import DID_NOT_RING
from hotline.followups.model import MAY_CALL, Consent, TryOutcome
from hotline.i18n.catalog import HERE
from hotline.risk.levels import ALARMING, Risk

FILE = Path(__file__).with_name("plan.toml")
HOUR = timedelta(hours=1)
LOOKED_AHEAD = timedelta(hours=48)  # every hour that is safe for them comes twice in it
NOT_THEIRS = ("counselor_gone", "given_up", "reached_us")
"""Ends of a call of ours that say nothing of their phone: the counselor was not there."""


class WhyNotNow(StrEnum):
    """What keeps us from calling at this moment, beside what is known of the number."""

    NO_CONSENT = "no_consent"
    OUT_OF_HOURS = "out_of_hours"
    JUST_RUNG = "just_rung"


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpRules:
    """What the file says."""

    alarming: tuple[int, ...]
    moderate: tuple[int, ...]
    first_late: timedelta
    later_late: timedelta
    most_tries: int
    apart: timedelta
    rest: timedelta
    from_hour: int
    until_hour: int


@cache
def rules() -> FollowUpRules:
    """Read once."""
    told: Mapping[str, Mapping[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    days, late, tries, hours = (told[it] for it in ("days", "late_after_hours", "tries", "hours"))
    return FollowUpRules(
        alarming=tuple(days["alarming"]),
        moderate=tuple(days["moderate"]),
        first_late=timedelta(hours=late["first"]),
        later_late=timedelta(hours=late["later"]),
        most_tries=tries["most"],
        apart=timedelta(hours=tries["apart_hours"]),
        rest=timedelta(minutes=tries["rest_minutes"]),
        from_hour=hours["from"],
        until_hour=hours["until"],
    )


def days_for(level: str) -> tuple[int, ...]:
    """Of a whole sequence."""
    return rules().alarming if Risk(level) in ALARMING else rules().moderate


def due(began_at: datetime, days: Sequence[int], step: int) -> tuple[datetime, datetime]:
    """From when a call of the sequence is to be made, and when it is late."""
    at = began_at + timedelta(days=days[step])
    return at, at + (rules().first_late if step == 0 else rules().later_late)


def outcome_of(step: str) -> TryOutcome:
    """What the end of a call of ours says of their phone."""
    if step == "busy":
        return TryOutcome.BUSY
    is_ours = step in NOT_THEIRS or step in DID_NOT_RING
    return TryOutcome.NOT_RUNG if is_ours else TryOutcome.NOBODY


def why_not_now(
    consent: str, hours: tuple[int, int], rang_at: datetime | None, *, at: datetime
) -> WhyNotNow | None:
    """What stands against it; None: nothing. Who could not be asked has no safe hours."""
    if Consent(consent) not in MAY_CALL:
        return WhyNotNow.NO_CONSENT
    if consent == Consent.AGREED and not is_safe(at, hours):
        return WhyNotNow.OUT_OF_HOURS
    if rang_at is not None and timedelta() <= at - rang_at < rules().rest:
        return WhyNotNow.JUST_RUNG
    return None


def is_safe(at: datetime, hours: tuple[int, int]) -> bool:
    """Whether it is an hour of the day at which they may be called."""
    return hours[0] <= at.astimezone(HERE).hour < hours[1]


def next_try(after: datetime, before: Sequence[datetime], hours: tuple[int, int]) -> datetime:
    """The time to propose: safe, in a part of the day that was tried least, at another hour.

    `before`: when it was tried in this step.
    """
    parts = [_part(one) for one in before]
    tried = {one.astimezone(HERE).hour for one in before}

    def order(one: datetime) -> tuple[int, bool, datetime]:
        return parts.count(_part(one)), one.astimezone(HERE).hour in tried, one

    return min(_safe_hours(after, hours), key=order)


def _safe_hours(after: datetime, hours: tuple[int, int]) -> list[datetime]:
    """The moment itself where it is safe, and each safe hour of the two days after."""
    full = after.replace(minute=0, second=0, microsecond=0)
    ahead = [full + n * HOUR for n in range(1, int(LOOKED_AHEAD / HOUR) + 1)]
    return [one for one in (after, *ahead) if is_safe(one, hours)]


def _part(at: datetime) -> int:
    """Morning, afternoon or evening, where they are."""
    hour = at.astimezone(HERE).hour
    return 0 if hour < 12 else 1 if hour < 17 else 2  # noqa: PLR2004 – noon, and when work ends
