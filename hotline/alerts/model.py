"""Which alerts begin, are raised and clear, from rules and what lines show. Pure.

An alert must stand for the rule's time before it is raised, and be gone for as long before it
clears: a value that trembles about its threshold raises one alert, not twenty.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hotline.alerts.rules import AlertLevel, AlertRule, AlertRules, Measure

AlertKey = tuple[str, str]
"""Rule and line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineShows:
    """One line at a moment. `in_time` of `judged` calls of the last hour were answered in 15 s.

    `waits_since`, `danger_since`, `stale_since`: of the longest; None: there is nobody.
    `nobody_ready`: though it is open, and served by its own people.
    """

    in_time: int = 0
    judged: int = 0
    waits_since: datetime | None = None
    danger_since: datetime | None = None
    stale_since: datetime | None = None
    nobody_ready: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertNow:
    """One that has begun and is not over. `calm_since`: it would clear, if that lasts.

    `worst`: of its values so far.
    """

    since: datetime
    worst: float = 0.0
    raised: bool = False
    calm_since: datetime | None = None


class AlertStep(StrEnum):
    """What becomes of an alert."""

    BEGIN = "begin"
    FORGET = "forget"  # before it was raised
    RAISE = "raise"
    WORSE = "worse"  # than it has been yet
    CALM = "calm"
    BACK = "back"  # it was calm, and is not any more
    CLEAR = "clear"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertMove:
    """`rule`: None where the files have no such rule any more. `value`: what the line shows.

    Of one that has been raised, that is not calm: the worst so far.
    """

    step: AlertStep
    key: AlertKey
    rule: AlertRule | None = None
    value: float = 0.0


def decide(
    rules: AlertRules,
    lines: Mapping[str, LineShows],
    standing: Mapping[AlertKey, AlertNow],
    *,
    at: datetime,
) -> list[AlertMove]:
    """What is to be done now, in the order of rule and line. Nothing: all stays as it is."""
    wanted = {
        (rule.id, line): (rule, shows)
        for rule in rules.rules
        for line, shows in lines.items()
        if rule.concerns(line)
    }
    moves = [_of_rule(key, *each, standing.get(key), at) for key, each in wanted.items()]
    found = [one for one in moves if one is not None]
    found += [_gone(key, standing[key]) for key in standing.keys() - wanted.keys()]
    return sorted(found, key=lambda one: one.key)


def must_pass_on(level: str, owner_since: datetime, after_s: float, *, at: datetime) -> bool:
    """Whether one that its owner has not taken goes to the next supervisor."""
    return level == AlertLevel.ALARM and at - owner_since >= timedelta(seconds=after_s)


def _gone(key: AlertKey, now: AlertNow) -> AlertMove:
    return AlertMove(step=AlertStep.CLEAR if now.raised else AlertStep.FORGET, key=key)


def _of_rule(
    key: AlertKey, rule: AlertRule, shows: LineShows, now: AlertNow | None, at: datetime
) -> AlertMove | None:
    since = at if now is None else now.since
    value = _value(rule, shows, since, at)
    if now is None or not now.raised:
        step = _before_it_is_raised(rule, value, now, since, at)
    else:
        step = _once_raised(rule, value, now, at)
    if step is None:
        return None
    shown = value or 0.0
    if now is not None and step in (AlertStep.WORSE, AlertStep.BACK):
        shown = rule.worse(shown, now.worst)
    return AlertMove(step=step, key=key, rule=rule, value=shown)


def _before_it_is_raised(
    rule: AlertRule, value: float | None, now: AlertNow | None, since: datetime, at: datetime
) -> AlertStep | None:
    if not _stands(rule, value):
        return None if now is None else AlertStep.FORGET
    if at - since >= timedelta(seconds=_ripe_after_s(rule)):
        return AlertStep.RAISE
    return AlertStep.BEGIN if now is None else None


def _once_raised(
    rule: AlertRule, value: float | None, now: AlertNow, at: datetime
) -> AlertStep | None:
    if value is not None and not _is_over(rule, value):
        if now.calm_since is not None:
            return AlertStep.BACK
        return AlertStep.WORSE if rule.worse(value, now.worst) != now.worst else None
    if at - (now.calm_since or at) >= timedelta(seconds=rule.hold_s):
        return AlertStep.CLEAR
    return AlertStep.CALM if now.calm_since is None else None


def _is_of_time_alone(rule: AlertRule) -> bool:
    """Whether its value is the time for which it has stood: it begins before it is crossed."""
    return rule.measure is Measure.NOBODY_READY


def _stands(rule: AlertRule, value: float | None) -> bool:
    return value is not None and (_is_of_time_alone(rule) or rule.is_crossed(value))


def _is_over(rule: AlertRule, value: float | None) -> bool:
    return value is None or (not _is_of_time_alone(rule) and rule.is_over(value))


def _ripe_after_s(rule: AlertRule) -> float:
    return rule.hold_s + (rule.threshold if _is_of_time_alone(rule) else 0.0)


def _value(rule: AlertRule, shows: LineShows, since: datetime, at: datetime) -> float | None:
    """None: there is nothing to judge."""
    match rule.measure:
        case Measure.SERVICE_LEVEL:
            enough = shows.judged >= rule.least_calls
            return 100 * shows.in_time / shows.judged if enough else None
        case Measure.NOBODY_READY:
            return (at - since).total_seconds() if shows.nobody_ready else None
        case Measure.LONGEST_WAIT:
            return _lasts(shows.waits_since, at)
        case Measure.DANGER_WAITING:
            return _lasts(shows.danger_since, at)
        case Measure.STALE_PRESENCE:
            return _lasts(shows.stale_since, at)


def _lasts(since: datetime | None, at: datetime) -> float | None:
    return None if since is None else (at - since).total_seconds()
