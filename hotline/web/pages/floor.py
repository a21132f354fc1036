"""The live floor: is every caller being looked after?"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from hotline.calls.model import CallState, Urgency
from hotline.debriefs.model import PUT_OFF_CHOICES, PutOff
from hotline.debriefs.queries import debriefs_owed, takers_for
from hotline.directing.lines import queues_elsewhere
from hotline.escalations.queries import list_open
from hotline.floor.carrier import carrier_now
from hotline.floor.explanations import WhyWaiting, why_waiting
from hotline.floor.help_wanted import help_wanted
from hotline.floor.lowerings import lowerings_waiting
from hotline.floor.snapshot import CallerNow, CounselorNow, LineNow, floor_snapshot
from hotline.followups.queries import FollowUpTab, list_follow_ups
from hotline.incidents.queries import open_incidents
from hotline.records.reading_queries import waiting_readings
from hotline.staff.model import PresenceState
from hotline.staff.permissions import Permission
from hotline.statutory.queries import seen_on_floor
from hotline.storage.session import Work
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.escalations import holders_of
from hotline.web.pages.frame import Fragment, FragmentDep, FrameDep
from hotline.web.pages.rendering import render

router = APIRouter(include_in_schema=False)

# Who can help first stands first.
ORDER = [
    PresenceState.READY,
    PresenceState.OFFERED,
    PresenceState.TALKING,
    PresenceState.WRAPPING_UP,
    PresenceState.PAUSED,
]
WAITING = (CallState.WAITING, CallState.FLOW, CallState.MESSAGE)
# Whose work may be broken off for a child in danger, if somebody asks them.
MAY_BE_CALLED_IN = (PresenceState.WRAPPING_UP, PresenceState.PAUSED)
# Of the wall: no list is longer, since more cannot be read across a room; all is one screen.
MOST_ROWS, MOST_STRIPS, ROWS_OF_A_SCREEN = 8, 3, 12
PROMISE_S = {Urgency.CRISIS: 15.0, Urgency.ROUTINE: 60.0}  # a full bar: it should not be longer


@dataclass(frozen=True, slots=True, kw_only=True)
class CallersOfACard:
    """Those of one card, who is answered last. `why`: where one sentence holds for all of them."""

    rows: Sequence[CallerNow]
    unanswered: Sequence[CallerNow]
    why: str

    @property
    def longest_since(self) -> datetime | None:
        """Since when the one has waited who has waited longest."""
        return min((one.since for one in self.unanswered), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoingTheSame:
    """Counselors who do the same. `people` may be fewer than `count` where there is no room."""

    state: str
    count: int
    people: Sequence[CounselorNow]


@router.get("/floor")
async def floor(frame: FrameDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """The floor inside the frame; its live part fetches itself."""
    frame.require(Permission.WATCH_FLOOR)
    return frame.page("floor.html", **await _now(frame, backend, work))


@router.get("/floor/live")
async def floor_live(
    frame: FragmentDep, backend: BackendDep, work: WorkDep, *, wall: bool = False
) -> HTMLResponse:
    """What moves on the floor, or on the `wall`."""
    frame.require(Permission.WATCH_FLOOR)
    values = await _now(frame, backend, work, wall=wall)
    return render(frame.request, "floor_live.html", {"frame": frame, **values})


@router.get("/wall")
async def wall(frame: FrameDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """The same truth in the dark, readable across the room, without controls."""
    frame.require(Permission.WATCH_FLOOR)
    return frame.page("wall.html", **await _now(frame, backend, work, wall=True))


async def _now(
    frame: Fragment, backend: BackendDep, work: Work, *, wall: bool = False
) -> dict[str, object]:
    snapshot = await floor_snapshot(work, at=backend.clock.now(), of=frame.who.lines)
    escalations = await list_open(work, frame.who)
    why = await why_waiting(work, at=snapshot.at, of=frame.who.lines)
    danger = _callers(snapshot.callers, why, of=Urgency.CRISIS)
    lines = _lines_shown(snapshot.lines, crowded=wall and bool(danger.rows))
    sizes = len(lines) + (len(lines) < len(snapshot.lines)), len(danger.rows), len(escalations)
    room = _room_on_the_wall(*sizes) if wall else RoomForRows()
    return {
        "floor": snapshot,
        "lines": lines,
        "line_name": {
            line.id: line.name_en if frame.in_english else line.name for line in snapshot.lines
        },
        "danger": danger,
        "called_in": _called_in(snapshot.counselors),
        "others": _callers(snapshot.callers, why, of=Urgency.ROUTINE),
        "groups": _groups(snapshot.counselors, most=room.most_others),
        "escalations": escalations,
        "holders": await holders_of(work, escalations),
        "why": why,
        "share": {one.call_id: _share(one, snapshot.at) for one in snapshot.callers},
        "crisis": Urgency.CRISIS,
        "elsewhere": {one.line_id: one for one in await queues_elsewhere(work, frame.who.lines)},
        "carrier": await carrier_now(work, at=snapshot.at),
        "incidents": await open_incidents(work),
        "help_wanted": await help_wanted(work, frame.who.lines),
        "readings": await waiting_readings(work, frame.who.lines),
        "lowerings": await lowerings_waiting(work, frame.who.lines),
        **await _debriefs(frame, work, at=snapshot.at),
        "late": await list_follow_ups(
            work, backend.vault, frame.who, FollowUpTab.WANTED, at=snapshot.at
        ),
        "reports": await seen_on_floor(work, frame.who),
        "wall": wall,
        "room": rows_shown,
        **asdict(room),
    }


async def _debriefs(frame: Fragment, work: Work, *, at: datetime) -> dict[str, object]:
    owed = await debriefs_owed(work, frame.who.lines, at=at)
    takers = await takers_for(work, frame.who) if owed else ()
    choices = {"put_off": PUT_OFF_CHOICES, "put_off_why": tuple(PutOff)}
    return {"debriefs": owed, "takers": takers, **choices}


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomForRows:
    """How many rows each list may have; None: all, since a page can be scrolled."""

    most_in_danger: int | None = None
    most_strips: int | None = None
    most_others: int | None = None


def _room_on_the_wall(lines: int, danger: int, strips: int) -> RoomForRows:
    """What is there for each: danger takes first, and everything has one row at least."""
    left = ROWS_OF_A_SCREEN - lines
    most_in_danger = max(1, min(MOST_ROWS, left - 2))
    left -= min(danger, most_in_danger)
    most_strips = max(1, min(MOST_STRIPS, left - 1))
    left -= min(strips, most_strips)
    return RoomForRows(
        most_in_danger=most_in_danger,
        most_strips=most_strips,
        most_others=max(1, min(MOST_ROWS, left)),
    )


def _lines_shown(lines: Sequence[LineNow], *, crowded: bool) -> Sequence[LineNow]:
    """Where the room is wanted for danger, a line on which nothing happens leaves it free."""
    told = [one for one in lines if one.waiting or one.talking or not one.in_equals_out]
    return told if crowded else lines


def rows_shown(rows: Sequence[Any], most: int | None) -> Sequence[Any]:
    """The first of them. Where not all have room, the last row is left to say how many more."""
    return rows if most is None or len(rows) <= most else rows[: most - 1]


def _callers(
    callers: Sequence[CallerNow], why: Mapping[str, WhyWaiting], *, of: Urgency
) -> CallersOfACard:
    ours = [one for one in callers if one.urgency == of]
    unanswered = [one for one in ours if one.state in WAITING]
    reasons = [why[one.call_id].reason for one in unanswered if one.call_id in why]
    same = len(reasons) > 1 and len(set(reasons)) == 1
    rows = [*unanswered, *(one for one in ours if one.state not in WAITING)]
    return CallersOfACard(rows=rows, unanswered=unanswered, why=reasons[0] if same else "")


def _called_in(counselors: Sequence[CounselorNow]) -> list[CounselorNow]:
    """Who is trained for danger and could be asked to answer, though nobody will ring them."""
    able = [one for one in counselors if one.certified and not one.left_out]
    return [one for one in able if one.state in MAY_BE_CALLED_IN]


def _groups(counselors: Sequence[CounselorNow], *, most: int | None) -> list[DoingTheSame]:
    """By what they do; `most`: how many rows there are, a heading being one."""
    by_state = {state: [one for one in counselors if one.state == state] for state in ORDER}
    found = {state: people for state, people in by_state.items() if people}
    left = len(counselors) if most is None else max(0, most - len(found))
    groups = []
    for state, people in found.items():
        groups.append(DoingTheSame(state=state, count=len(people), people=people[:left]))
        left -= len(groups[-1].people)
    return groups


def _share(caller: CallerNow, at: datetime) -> int:
    """How much of what was promised the wait has used, in twentieths; 21: the promise is broken."""
    promised = PROMISE_S[Urgency(caller.urgency)]
    return max(1, min(21, round(20 * (at - caller.since).total_seconds() / promised)))
