"""What needs the supervisor now, the most urgent first: a phone shows three of it. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hotline.alerts.queries import AlertShown
from hotline.calls.model import Urgency
from hotline.escalations.model import EscalationState
from hotline.escalations.rows import EscalationRow
from hotline.floor.help_wanted import HelpWanted
from hotline.floor.snapshot import FloorSnapshot, LineNow
from hotline.web.pages.floor_view import PROMISE_S, CallersAlike

LONG_WAIT = timedelta(seconds=PROMISE_S[Urgency.ROUTINE])


class NeedKind(StrEnum):
    """In the order in which they are seen to."""

    DANGER = "danger"  # nobody has answered them
    DROPPED = "dropped"  # in danger, and the line broke
    ESCALATION = "escalation"  # nobody has acknowledged it
    ALERT = "alert"  # nobody has taken it
    HELP = "help"  # a counselor asks for a supervisor
    UNACCOUNTED = "unaccounted"  # in is not out
    NOBODY_READY = "nobody_ready"  # and somebody waits
    LONG_WAIT = "long_wait"
    CALLBACK = "callback"  # overdue


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorNeed:
    """`path`: where it is seen to; on the floor itself, its part."""

    kind: NeedKind
    count: int
    path: str
    since: datetime | None = None


def needs_of(
    floor: FloorSnapshot,
    danger: CallersAlike,
    waiting: Sequence[CallersAlike],
    *,
    escalations: Iterable[EscalationRow],
    alerts: Iterable[AlertShown],
    help_wanted: Sequence[HelpWanted],
) -> list[FloorNeed]:
    """All of it; empty where every caller is looked after."""
    return [
        *_of_danger(danger, floor.lines, escalations),
        *_of_alerts(alerts),
        *_of_the_floor(floor.lines, help_wanted, waiting, floor.at),
    ]


def _of_danger(
    danger: CallersAlike, lines: Sequence[LineNow], escalations: Iterable[EscalationRow]
) -> Iterator[FloorNeed]:
    if danger.count:
        since = danger.longest_since
        yield FloorNeed(kind=NeedKind.DANGER, count=danger.count, since=since, path="#floor-danger")
    if dropped := sum(line.promises.dropped for line in lines):
        yield FloorNeed(kind=NeedKind.DROPPED, count=dropped, path="/callbacks")
    unheard = [one for one in escalations if one.state == EscalationState.OPEN]
    if unheard:
        since, path = min(one.created_at for one in unheard), "#floor-strips"
        yield FloorNeed(kind=NeedKind.ESCALATION, count=len(unheard), since=since, path=path)


def _of_alerts(alerts: Iterable[AlertShown]) -> Iterator[FloorNeed]:
    untaken = [one for one in alerts if not one.taken]
    if untaken:
        since, path = min(one.raised_at for one in untaken), "#floor-alerts"
        yield FloorNeed(kind=NeedKind.ALERT, count=len(untaken), since=since, path=path)


def _of_the_floor(
    lines: Sequence[LineNow],
    help_wanted: Sequence[HelpWanted],
    waiting: Sequence[CallersAlike],
    at: datetime,
) -> Iterator[FloorNeed]:
    if help_wanted:
        since = min(one.asked_at for one in help_wanted)
        yield FloorNeed(kind=NeedKind.HELP, count=len(help_wanted), since=since, path="#floor-help")
    if odd := sum(not line.in_equals_out for line in lines):
        yield FloorNeed(kind=NeedKind.UNACCOUNTED, count=odd, path="#floor-lines")
    yield from _of_waits(waiting, at)
    if overdue := sum(line.promises.overdue for line in lines):
        yield FloorNeed(kind=NeedKind.CALLBACK, count=overdue, path="/callbacks")


def _of_waits(waiting: Sequence[CallersAlike], at: datetime) -> Iterator[FloorNeed]:
    """Nobody ready is said instead of the long wait that it leads to."""
    for group in waiting:
        nobody = group.reason == NeedKind.NOBODY_READY
        if group.longest_since and (nobody or at - group.longest_since > LONG_WAIT):
            kind = NeedKind.NOBODY_READY if nobody else NeedKind.LONG_WAIT
            since = group.longest_since
            yield FloorNeed(kind=kind, count=group.count, since=since, path="#floor-waiting")
