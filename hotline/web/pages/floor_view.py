"""What the floor shows, from what was read: groups, rows that fit, bars. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from hotline.alerts.queries import AlertShown
from hotline.calls.model import IN_HAND, CallState, Urgency
from hotline.floor.callers import CallerNow
from hotline.floor.snapshot import CounselorNow, LineNow
from hotline.staff.model import PresenceState
from routing.explain import Wait, WaitReason

# Who can help first stands first.
ORDER = [
    PresenceState.READY,
    PresenceState.OFFERED,
    PresenceState.TALKING,
    PresenceState.WRAPPING_UP,
    PresenceState.PAUSED,
]
UNANSWERED = (CallState.WAITING, CallState.FLOW, CallState.MESSAGE)
# Whose work may be broken off for a child in danger, if somebody asks them.
MAY_BE_CALLED_IN = (PresenceState.WRAPPING_UP, PresenceState.PAUSED)
PROMISE_S: Mapping[str, float] = {
    Urgency.CRISIS: 15.0,
    Urgency.ROUTINE: 60.0,
}  # a full bar: it should not be longer
FULL = 20  # parts of a bar; one more: the promise is broken
# Of a list, this many rows: more is behind a button, and no floor is too large for a page.
MOST_IN_DANGER, MOST_OF_A_REASON, MOST_TALKS, MOST_OF_A_STATE = 12, 20, 30, 20
MOST_ALERTS = 8
# What somebody can do something about stands first.
REASONS = ["", WaitReason.NOBODY_FITS, WaitReason.NOBODY_READY, WaitReason.OPENS_LATER, "next"]


class CallerRow(NamedTuple):
    """Somebody on the line. `reason`: why nobody is rung yet; `changes_in_s`: what time changes.

    `share`: of what was promised the wait has used so much, in twentieths; 21: it is broken.
    """

    caller: CallerNow
    reason: str
    changes_in_s: float | None
    share: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallersAlike:
    """Callers for whom one sentence holds. `rows`: as many as there is room for; `count`: all."""

    reason: str
    count: int
    longest_since: datetime | None
    rows: Sequence[CallerRow]

    @property
    def more(self) -> int:
        """How many have no row."""
        return self.count - len(self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoingTheSame:
    """Counselors who do the same. `people` may be fewer than `count` where there is no room."""

    state: str
    count: int
    people: Sequence[CounselorNow]

    @property
    def more(self) -> int:
        """How many have no row."""
        return self.count - len(self.people)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsAlike:
    """Alerts of one rule on several lines, for which one sentence holds."""

    rows: Sequence[AlertShown]

    @property
    def first(self) -> AlertShown:
        """Which says what holds for all."""
        return self.rows[0]

    @property
    def count(self) -> int:
        """Of how many lines."""
        return len(self.rows)


def rows_of(
    callers: Sequence[CallerNow], waits: Mapping[str, Wait], *, at: datetime
) -> list[CallerRow]:
    """Each with its reason and its bar."""
    return [_row(one, waits.get(one.call_id), at) for one in callers]


def in_danger(rows: Sequence[CallerRow]) -> CallersAlike:
    """Whoever is not answered yet, the longest first, then who is. `count`: those who are not.

    `reason`: where one holds for all of them.
    """
    ours = [one for one in rows if one.caller.urgency == Urgency.CRISIS]
    open_ones = [one for one in ours if one.caller.state in UNANSWERED]
    reasons = {one.reason for one in open_ones}
    answered = [one for one in ours if one.caller.state not in UNANSWERED]
    return CallersAlike(
        reason=reasons.pop() if len(reasons) == 1 else "",
        count=len(open_ones),
        longest_since=min((one.caller.since for one in open_ones), default=None),
        rows=[*open_ones, *answered],
    )


def by_reason(rows: Sequence[CallerRow], *, most: int = MOST_OF_A_REASON) -> list[CallersAlike]:
    """Who is not in danger and waits, grouped by why; in each group who waits longest first."""
    ours = [one for one in rows if _waits_routinely(one.caller)]
    ours.sort(key=lambda one: (REASONS.index(one.reason), one.caller.since))
    return [
        _alike(reason, list(group), most)
        for reason, group in groupby(ours, key=lambda one: one.reason)
    ]


def talks(rows: Sequence[CallerRow], *, most: int = MOST_TALKS) -> CallersAlike:
    """Who is with a counselor and not in danger: those to look at first, then the longest."""
    ours = [
        one for one in rows if one.caller.state in IN_HAND and one.caller.urgency != Urgency.CRISIS
    ]
    ours.sort(key=lambda one: (not _stands_out(one.caller), one.caller.since))
    return _alike("", ours, most)


def called_in(counselors: Sequence[CounselorNow]) -> list[CounselorNow]:
    """Who is trained for danger and could be asked to answer, though nobody will ring them."""
    able = [one for one in counselors if one.certified and not one.left_out]
    return [one for one in able if one.state in MAY_BE_CALLED_IN]


def alike(alerts: Sequence[AlertShown]) -> list[AlertsAlike]:
    """In their order: neighbours of one rule are told together."""
    groups = groupby(alerts, key=lambda one: (one.taken, one.rule))
    return [AlertsAlike(rows=list(rows)) for _, rows in groups]


def by_state(
    counselors: Sequence[CounselorNow], *, most: int = MOST_OF_A_STATE
) -> list[DoingTheSame]:
    """By what they do, who has done it for longest first."""
    found = {state: [one for one in counselors if one.state == state] for state in ORDER}
    return [
        DoingTheSame(state=state, count=len(people), people=people[:most])
        for state, people in found.items()
        if people
    ]


def ready_of(counselors: Sequence[CounselorNow]) -> Mapping[str, int]:
    """How many are ready, by line."""
    return Counter(
        line for one in counselors if one.state == PresenceState.READY for line in one.lines
    )


def busy_first(lines: Sequence[LineNow]) -> list[LineNow]:
    """Where somebody waits stands first, then where somebody talks; else as in the files."""
    return sorted(lines, key=lambda one: (not one.waiting, not one.talking))


def _row(caller: CallerNow, wait: Wait | None, at: datetime) -> CallerRow:
    if caller.state in IN_HAND:
        return CallerRow(caller, "", None, 1)
    used = round(FULL * (at - caller.since).total_seconds() / PROMISE_S[caller.urgency])
    share = max(1, min(FULL + 1, used))
    reason, changes_in_s = (wait.reason, wait.changes_in_s) if wait else ("", None)
    return CallerRow(caller, reason, changes_in_s, share)


def _waits_routinely(caller: CallerNow) -> bool:
    return caller.urgency != Urgency.CRISIS and caller.state in UNANSWERED


def _stands_out(caller: CallerNow) -> bool:
    return caller.is_long or bool(caller.attention)


def _alike(reason: str, rows: Sequence[CallerRow], most: int) -> CallersAlike:
    return CallersAlike(
        reason=reason,
        count=len(rows),
        longest_since=min((one.caller.since for one in rows), default=None),
        rows=rows[:most],
    )
