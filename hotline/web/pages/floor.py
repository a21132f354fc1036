"""The live floor: is every caller being looked after?"""

from collections.abc import Sequence
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from hotline.calls.model import CallState, Urgency
from hotline.escalations.queries import list_open
from hotline.floor.explanations import why_waiting
from hotline.floor.snapshot import CallerNow, CounselorNow, floor_snapshot
from hotline.staff.model import PresenceState
from hotline.staff.permissions import Permission
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


@router.get("/floor")
async def floor(frame: FrameDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """The floor inside the frame; its live part fetches itself."""
    frame.require(Permission.WATCH_FLOOR)
    return frame.page("floor.html", **await _now(frame, backend, work))


@router.get("/floor/live")
async def floor_live(frame: FragmentDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """What moves on the floor."""
    frame.require(Permission.WATCH_FLOOR)
    values = await _now(frame, backend, work)
    return render(frame.request, "floor_live.html", {"frame": frame, **values})


@router.get("/wall")
async def wall(frame: FrameDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """The same truth in the dark, readable across the room, without controls."""
    frame.require(Permission.WATCH_FLOOR)
    return frame.page("wall.html", **await _now(frame, backend, work))


async def _now(frame: Fragment, backend: BackendDep, work: Work) -> dict[str, object]:
    snapshot = await floor_snapshot(work, at=backend.clock.now(), of=frame.who.lines)
    escalations = await list_open(work, frame.who)
    waiting = [one for one in snapshot.callers if one.state in WAITING]
    longest = max([snapshot.at - one.since for one in waiting], default=None)
    return {
        "floor": snapshot,
        "line_name": {
            line.id: line.name_en if frame.in_english else line.name for line in snapshot.lines
        },
        "waiting": waiting,
        "talking": [one for one in snapshot.callers if one.state not in WAITING],
        "groups": _groups(snapshot.counselors),
        "escalations": escalations,
        "holders": await holders_of(work, escalations),
        "why": await why_waiting(work, at=snapshot.at, of=frame.who.lines),
        "share": _shares(waiting, longest.total_seconds() if longest else 0.0, snapshot.at),
        "crisis": Urgency.CRISIS,
    }


def _groups(counselors: Sequence[CounselorNow]) -> list[tuple[str, list[CounselorNow]]]:
    by_state = {state: [one for one in counselors if one.state == state] for state in ORDER}
    return [(state.value, found) for state, found in by_state.items() if found]


def _shares(waiting: Sequence[CallerNow], longest_s: float, at: datetime) -> dict[str, int]:
    """How long each waits, in twentieths of the longest wait: drawn beside the figure."""
    return {
        one.call_id: max(1, round(20 * (at - one.since).total_seconds() / longest_s))
        for one in waiting
        if longest_s > 0
    }
