"""Whom to ring next, and by when. Pure: chain, place and moment in, next step and deadline out.

A chain is walked from the top; where it ends, the next round begins. It never comes to rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from hotline.escalations.model import EscalationState

ACK_WITHIN = timedelta(seconds=120)  # reliability research §4.2: urgent, each step
ACCEPT_WITHIN = timedelta(minutes=10)  # the same: accept after the acknowledgement
REPORT_WITHIN = timedelta(minutes=30)  # domain research 34: breach at 30 min (P)
REVIEW_WITHIN = timedelta(hours=24)  # a reported escalation that nobody closes comes back (P)
REMINDED_WITHIN = timedelta(minutes=10)  # whoever was reminded says something, or is rung (P)
RING_PAUSE = timedelta(seconds=30)  # between two rings of one contact that people ask for (P)
ROUND_PAUSE = timedelta(seconds=30)  # a chain that fails at once is not rung without a breath

_WITHIN: Mapping[EscalationState, timedelta] = {
    EscalationState.ACKNOWLEDGED: ACCEPT_WITHIN,
    EscalationState.ACCEPTED: REPORT_WITHIN,
    EscalationState.REPORTED: REVIEW_WITHIN,
}


@dataclass(frozen=True, slots=True)
class ChainStep:
    """One contact of a chain, and how long it may take to acknowledge."""

    contact_id: str
    station_id: str
    ack_within: timedelta = ACK_WITHIN

    def plain(self) -> dict[str, Any]:
        """As it is kept in `Escalation.chain`."""
        return {
            "contact_id": self.contact_id,
            "station_id": self.station_id,
            "ack_within_s": self.ack_within.total_seconds(),
        }


Chain = tuple[ChainStep, ...]


@dataclass(frozen=True, slots=True)
class ChainPosition:
    """Where in the chain an escalation stands."""

    step: int
    round: int


NOBODY_YET = ChainPosition(0, -1)  # nobody was rung: the first one is next, whoever it is by then


@dataclass(frozen=True, slots=True)
class NextStep:
    """What is to be done now. `ring` is None where the chain has nobody."""

    place: ChainPosition
    ring: ChainStep | None
    due_at: datetime
    exhausted: bool


def chain_of(kept: Sequence[Mapping[str, Any]]) -> Chain:
    """The chain behind a snapshot."""
    return tuple(
        ChainStep(
            contact_id=str(link["contact_id"]),
            station_id=str(link["station_id"]),
            ack_within=timedelta(seconds=float(link["ack_within_s"])),
        )
        for link in kept
    )


def step_at(chain: Chain, place: ChainPosition) -> ChainStep | None:
    """The contact at this place, if the chain reaches that far."""
    return chain[place.step] if place.step < len(chain) else None


def step_now(
    chain: Chain, place: ChainPosition, at: datetime, *, exhausted: bool = False
) -> NextStep:
    """Ring whoever stands at this place: the first time, or once more."""
    step = step_at(chain, place)
    due_at = at + (step.ack_within if step else ACK_WITHIN)
    return NextStep(place=place, ring=step, due_at=due_at, exhausted=exhausted or step is None)


def step_after(chain: Chain, place: ChainPosition, at: datetime) -> NextStep:
    """Go one step on; from the last, to the top of the next round."""
    if place.step + 1 < len(chain):
        return step_now(chain, ChainPosition(place.step + 1, place.round), at)
    return step_now(chain, ChainPosition(0, place.round + 1), at, exhausted=True)


def turn_after(kept: Chain, roster: Chain, place: ChainPosition, at: datetime) -> NextStep:
    """One step on, by the roster as it is now. `kept`: the chain as it was when `place` was taken.

    After whoever was rung there; where they have left the roster, whoever has their place.
    """
    if place.round == NOBODY_YET.round:
        return step_now(roster, ChainPosition(0, 0), at)
    stands = _place_now(kept, roster, place)
    return _in_their_place(roster, place, at) if stands is None else step_after(roster, stands, at)


def turn_again(kept: Chain, roster: Chain, place: ChainPosition, at: datetime) -> NextStep:
    """The same contact once more; where they have left the roster, whoever has their place."""
    stands = _place_now(kept, roster, place)
    return _in_their_place(roster, place, at) if stands is None else step_now(roster, stands, at)


def _place_now(kept: Chain, roster: Chain, place: ChainPosition) -> ChainPosition | None:
    rung = step_at(kept, place)
    ids = [step.contact_id for step in roster]
    if rung is None or rung.contact_id not in ids:
        return None
    return ChainPosition(ids.index(rung.contact_id), place.round)


def _in_their_place(roster: Chain, place: ChainPosition, at: datetime) -> NextStep:
    if place.step < len(roster):
        return step_now(roster, place, at)
    return step_now(roster, ChainPosition(0, place.round + 1), at, exhausted=True)


def with_kept_times(roster: Chain, kept: Chain) -> Chain:
    """The people of today, each with the time that was theirs when the escalation began."""
    times = {step.contact_id: step.ack_within for step in kept}
    return tuple(
        replace(step, ack_within=times.get(step.contact_id, step.ack_within)) for step in roster
    )


def longest_wait(state: EscalationState, chain: Chain, place: ChainPosition) -> timedelta:
    """How far away the next deadline may lie at most. A closed escalation has none to ask for."""
    step = step_at(chain, place)
    return _WITHIN.get(state, step.ack_within if step else ACK_WITHIN)


def hastened(chain: Chain, place: ChainPosition, due_at: datetime, at: datetime) -> datetime:
    """The deadline when nobody at this step can be reached: no use in waiting it out."""
    last = place.step + 1 >= len(chain)
    return min(due_at, at + ROUND_PAUSE if last else at)


def clamped(due_at: datetime, longest: timedelta, at: datetime) -> datetime:
    """No deadline further away than one step: a clock set back delays by no more than that."""
    return min(due_at, at + longest)
