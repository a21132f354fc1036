"""What the engine was told last, so that it is told only differences.

Rows in, engine events out. The engine holds waiting callers and ready counselors; a call with a
pending offer and a counselor who is being rung are outside it until the offer is settled.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, exists, select

from hotline.calls.model import CallState, OfferState, Urgency
from hotline.staff.model import PresenceState
from hotline.storage.session import Work
from hotline.storage.tables import Call, Offer, Presence, Staff
from hotline.switchboard.plans import plan_of, signature_of
from routing.engine import Decision, Engine


@dataclass(frozen=True, slots=True)
class Rows:
    """What the database says of some calls and counselors. Absent ids are out of the game."""

    calls: dict[str, Call]
    counselors: dict[str, tuple[Presence, Staff]]


async def read_rows(
    work: Work, *, calls: set[str] | None = None, counselors: set[str] | None = None
) -> Rows:
    """Calls waiting without an offer, and ready counselors; of the given ids, or of all."""
    return Rows(await _waiting(work, calls), await _ready(work, counselors))


async def _waiting(work: Work, ids: set[str] | None) -> dict[str, Call]:
    offered = exists().where(
        col(Offer.call_id) == col(Call.id), col(Offer.state) == OfferState.PENDING
    )
    query = select(Call).where(Call.state == CallState.WAITING, ~offered)
    if ids is not None:
        query = query.where(col(Call.id).in_(ids))
    return {call.id: call for call in (await work.exec(query)).all()}


async def _ready(work: Work, ids: set[str] | None) -> dict[str, tuple[Presence, Staff]]:
    query = (
        select(Presence, Staff)
        .where(Presence.staff_id == Staff.id)
        .where(Presence.state == PresenceState.READY)
    )
    if ids is not None:
        query = query.where(col(Presence.staff_id).in_(ids))
    return {staff.id: (presence, staff) for presence, staff in (await work.exec(query)).all()}


class Mirror:
    """Keeps the engine in step with the rows."""

    def __init__(self, engine: Engine) -> None:
        """Starts empty: the first `follow` with all ids fills the engine."""
        self._engine = engine
        self._calls: dict[str, tuple[object, ...]] = {}
        self._counselors: dict[str, tuple[object, ...]] = {}

    def follow(
        self,
        rows: Rows,
        *,
        calls: set[str] | None,
        counselors: set[str] | None,
        at: datetime,
    ) -> list[Decision]:
        """Tell the engine what changed among these ids (None: all). Returns its decisions."""
        for call_id in _gone(self._calls, rows.calls, calls):
            self._engine.call_leaves(call_id)
            del self._calls[call_id]
        for staff_id in _gone(self._counselors, rows.counselors, counselors):
            self._engine.counselor_away(staff_id)
            del self._counselors[staff_id]
        # Whoever comes first in one batch can take what the other was meant for. While somebody
        # waits, callers go in before counselors, so that the head of the line is served; else
        # counselors go in first, so that a caller who was cut off finds the same one again.
        steps = [self._follow_counselors, self._follow_calls]
        decisions: list[Decision] = []
        for step in reversed(steps) if self._calls else steps:
            decisions += step(rows, at)
        self._forget_decided(decisions)
        return decisions

    def _follow_calls(self, rows: Rows, at: datetime) -> list[Decision]:
        calls = sorted(
            rows.calls.values(),
            key=lambda call: (call.urgency != Urgency.CRISIS, call.queued_at or at),
        )
        return [decision for call in calls for decision in self._follow_call(call, at)]

    def _follow_counselors(self, rows: Rows, at: datetime) -> list[Decision]:
        people = rows.counselors.values()
        return [one for pair in people for one in self._follow_counselor(*pair, at)]

    def tick(self, at: datetime) -> list[Decision]:
        """Let time pass in the engine."""
        decisions = self._engine.tick(at.timestamp())
        self._forget_decided(decisions)
        return decisions

    def next_deadline(self) -> float | None:
        """When time alone changes something next, in seconds since the epoch."""
        return self._engine.next_deadline()

    def _follow_call(self, call: Call, at: datetime) -> list[Decision]:
        seen = (call.urgency, call.language, call.topic)
        known, self._calls[call.id] = self._calls.get(call.id), seen
        plan, arrival = plan_of(call), (call.queued_at or at).timestamp()
        if known is None:
            return self._engine.call_arrives(call.id, plan, at.timestamp(), arrival=arrival)
        if known != seen:
            return self._engine.call_rescored(call.id, plan, at.timestamp())
        return []

    def _follow_counselor(self, presence: Presence, staff: Staff, at: datetime) -> list[Decision]:
        signature = signature_of(staff)
        seen = (signature, presence.idle_since)
        if self._counselors.get(staff.id) == seen:
            return []
        if staff.id in self._counselors:
            self._engine.counselor_away(staff.id)
        self._counselors[staff.id] = seen
        idle_since = presence.idle_since.timestamp()
        return self._engine.counselor_ready(
            staff.id, signature, at.timestamp(), idle_since=idle_since
        )

    def _forget_decided(self, decisions: list[Decision]) -> None:
        """Both sides of a decision have left the engine: the rows say if they come back."""
        for decision in decisions:
            self._calls.pop(decision.call, None)
            self._counselors.pop(decision.counselor, None)


def _gone(
    known: Mapping[str, object], rows: Mapping[str, object], asked: set[str] | None
) -> list[str]:
    return [key for key in known if key not in rows and (asked is None or key in asked)]
