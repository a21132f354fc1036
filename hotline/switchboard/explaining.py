"""Why a caller still waits, from the rows as they are now; and what an offer remembers of its why.

Draws the floor as the switchboard would, with the same plans and the same rules, and asks
`routing.explain`. Reads only.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import select

from hotline.calls.model import CallState
from hotline.lines.plans import care_for
from hotline.storage.session import Work
from hotline.storage.tables import Call, Line
from hotline.switchboard.mirror import Rows, read_rows
from hotline.switchboard.plans import need_of
from hotline.switchboard.reasoning import Doing, candidate, plans_in_force
from hotline.switchboard.standing import away, standing_of
from routing.engine import Floor, Rule, Waiting
from routing.explain import Verdict, explain_offer, explain_wait

EXPLAINED = 50  # of a long line the head is explained; who is behind, waits for the same


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyWaiting:
    """Why nobody has been offered this caller yet.

    `reason`: a `WaitReason`. `ahead`: callers who are served before. `changes_in_s`: when waiting
    alone changes it, None if it does not. `against`: on duty, by the first rule against them.
    """

    reason: str
    ahead: int
    changes_in_s: float | None
    against: Mapping[str, int]
    candidates: Sequence[Mapping[str, Any]]


async def why_waiting(work: Work, *, at: datetime) -> dict[str, WhyWaiting]:
    """By call: the first `EXPLAINED` in line, but for those whom somebody is being rung for."""
    rows = await read_rows(work)
    if not rows.calls:
        return {}
    lines = {line.id: line for line in (await work.exec(select(Line))).all()}
    floor, doing = _drawn(rows, lines, at.timestamp()), _doing(rows)
    return {caller.call: _why(floor, caller.call, doing) for caller in floor.callers[:EXPLAINED]}


async def why_this_call(work: Work, call: Call, *, at: datetime) -> WhyWaiting | None:
    """The same of one call; None unless it waits and nobody is being rung for it."""
    if call.state != CallState.WAITING:
        return None
    rows = await read_rows(work)
    if call.id not in rows.calls:
        return None
    lines = {line.id: line for line in (await work.exec(select(Line))).all()}
    return _why(_drawn(rows, lines, at.timestamp()), call.id, _doing(rows))


def _drawn(rows: Rows, lines: Mapping[str, Line], now: float) -> Floor:
    plans = plans_in_force(lines)
    callers = [
        Waiting(
            call=call.id,
            plan=plans.plan_of(need_of(call, rows.counselors)),
            arrival=now if call.queued_at is None else call.queued_at.timestamp(),
        )
        for call in rows.calls.values()
    ]
    counselors = [
        standing_of(
            presence, staff, care_for(lines[one] for one in staff.lines if one in lines), now
        )
        for presence, staff in rows.counselors.values()
    ]
    return Floor(
        now=now,
        callers=tuple(sorted(callers, key=lambda one: one.turn)),
        counselors=tuple(sorted(counselors, key=lambda one: one.place)),
    )


def _doing(rows: Rows) -> dict[str, Doing]:
    return {
        staff.id: Doing(away(presence, staff), presence.state, presence.reason)
        for presence, staff in rows.counselors.values()
    }


def _why(floor: Floor, call: str, doing: Mapping[str, Doing]) -> WhyWaiting:
    wait, verdicts = explain_wait(floor, call), explain_offer(floor, call)
    return WhyWaiting(
        reason=wait.reason,
        ahead=wait.ahead,
        changes_in_s=None if wait.changes_in_s is None else round(wait.changes_in_s, 1),
        against=Counter(_against(one) for one in verdicts if one.excluded_by),
        candidates=[candidate(one, doing.get(one.counselor)) for one in verdicts],
    )


def _against(verdict: Verdict) -> str:
    return (verdict.excluded_by or Rule.AWAY).value
