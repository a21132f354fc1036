"""Whom to ring next, and by when. Pure: walk, place and moment in, next step and deadline out.

A walk is gone through from the top; where it ends, the next round begins. It never comes to rest.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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

SUPERVISOR = "supervisor"  # of the receivers of a step the one who is no contact of a station

USUAL_WAITS: Mapping[EscalationState, timedelta] = {
    EscalationState.OPEN: ACK_WITHIN,
    EscalationState.ACKNOWLEDGED: ACCEPT_WITHIN,
    EscalationState.ACCEPTED: REPORT_WITHIN,
    EscalationState.REPORTED: REVIEW_WITHIN,
}
WAIT_KEYS: Mapping[EscalationState, str] = {
    EscalationState.OPEN: "longest_step_s",
    EscalationState.ACKNOWLEDGED: "accept_within_s",
    EscalationState.ACCEPTED: "report_within_s",
    EscalationState.REPORTED: "review_within_s",
}
"""Where in `Escalation.policy` the time of a state stands; of the open one, that of any step."""


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
class JointStep:
    """Everybody who is rung together, and how long they may take.

    `asks`: what a chain calls them; `supervisor`: whether the supervisors' phones ring as well.
    """

    contacts: Chain
    within: timedelta = ACK_WITHIN
    asks: tuple[str, ...] = ()

    @property
    def supervisor(self) -> bool:
        """Whether a supervisor's phone is to ring as well."""
        return SUPERVISOR in self.asks

    @property
    def has_somebody(self) -> bool:
        """Whether anybody's phone rings at all."""
        return bool(self.contacts) or self.supervisor


@dataclass(frozen=True, slots=True)
class Walk:
    """The steps of an escalation with the people who answer for them now, and its times.

    `by_contact`: it follows no chain of the files. Each contact of the roster is a step, and who
    comes next is found by whoever was rung last; else a step is known by its number.
    """

    steps: tuple[JointStep, ...]
    waits: Mapping[EscalationState, timedelta] = field(default_factory=lambda: USUAL_WAITS)
    by_contact: bool = False

    @property
    def chain(self) -> Chain:
        """Everybody in it, in their order."""
        return tuple(contact for step in self.steps for contact in step.contacts)

    def plain(self) -> list[dict[str, Any]]:
        """As it is kept in `Escalation.chain`: the contacts, each with its step."""
        return [
            {**contact.plain(), "step": number}
            for number, step in enumerate(self.steps)
            for contact in step.contacts
        ]


@dataclass(frozen=True, slots=True)
class ChainPosition:
    """Where in the chain an escalation stands."""

    step: int
    round: int


NOBODY_YET = ChainPosition(0, -1)  # nobody was rung: the first one is next, whoever it is by then


@dataclass(frozen=True, slots=True)
class NextStep:
    """What is to be done now. `ring` is empty where nobody is there.

    `skipped`: steps on the way for which there is nobody, by number.
    """

    place: ChainPosition
    ring: Chain
    due_at: datetime
    exhausted: bool
    supervisor: bool = False
    skipped: tuple[int, ...] = ()


# ── from rows ───────────────────────────────────────────────────────────────────────────────────


def chain_of(kept: Sequence[Mapping[str, Any]]) -> Chain:
    """The contacts behind a snapshot."""
    return tuple(
        ChainStep(
            contact_id=str(link["contact_id"]),
            station_id=str(link["station_id"]),
            ack_within=timedelta(seconds=float(link["ack_within_s"])),
        )
        for link in kept
    )


def walk_along(chain: Chain) -> Walk:
    """One contact after the other: what an escalation does that follows no chain of the files."""
    steps = tuple(JointStep((contact,), contact.ack_within) for contact in chain)
    return Walk(steps, by_contact=True)


def walk_behind(policy: Mapping[str, Any], kept: Sequence[Mapping[str, Any]]) -> Walk:
    """The walk of an escalation's row. `policy`: empty in rows that are older than chains."""
    if not policy:
        return walk_along(chain_of(kept))
    walk = _unmanned(policy)
    steps = enumerate(walk.steps)
    return replace(walk, steps=tuple(replace(s, contacts=_kept_at(n, kept)) for n, s in steps))


def walk_with(policy: Mapping[str, Any], receivers: Mapping[str, Chain]) -> Walk:
    """The walk of a policy with these people, by what a chain calls them. Nobody twice a step."""
    walk = _unmanned(policy)
    return replace(walk, steps=tuple(_manned(step, receivers) for step in walk.steps))


def _kept_at(number: int, kept: Sequence[Mapping[str, Any]]) -> Chain:
    """A process that is older than chains may have written links without their step."""
    return chain_of([link for link in kept if link.get("step") == number])


def _unmanned(policy: Mapping[str, Any]) -> Walk:
    steps = tuple(
        JointStep((), timedelta(seconds=float(step["within_s"])), tuple(step["ring"]))
        for step in policy["steps"]
    )
    waits = {state: timedelta(seconds=float(policy[key])) for state, key in WAIT_KEYS.items()}
    return Walk(steps, waits)


def _manned(step: JointStep, receivers: Mapping[str, Chain]) -> JointStep:
    found = {one.contact_id: one for asked in step.asks for one in receivers.get(asked, ())}
    contacts = tuple(replace(one, ack_within=step.within) for one in found.values())
    return replace(step, contacts=contacts)


# ── the next step ───────────────────────────────────────────────────────────────────────────────


def step_at(walk: Walk, place: ChainPosition) -> JointStep | None:
    """The step at this place, if the walk reaches that far."""
    return walk.steps[place.step] if place.step < len(walk.steps) else None


def step_now(
    walk: Walk, place: ChainPosition, at: datetime, *, exhausted: bool = False
) -> NextStep:
    """Ring whoever stands at this place, the first time or once more; nobody there, the next."""
    skipped: list[int] = []
    for here in _onwards(walk, place):
        step = walk.steps[here.step]
        if step.has_somebody:
            return NextStep(
                place=here,
                ring=step.contacts,
                due_at=at + step.within,
                exhausted=exhausted or here.round > place.round,
                supervisor=step.supervisor,
                skipped=tuple(skipped),
            )
        skipped.append(here.step)
    return NextStep(place, (), at + _wait_at(walk, place), exhausted=True, skipped=tuple(skipped))


def _onwards(walk: Walk, place: ChainPosition) -> Iterator[ChainPosition]:
    """Every step once: from here to the end, and from the top of the next round."""
    for number in range(place.step, len(walk.steps)):
        yield ChainPosition(number, place.round)
    for number in range(min(place.step, len(walk.steps))):
        yield ChainPosition(number, place.round + 1)


def step_after(walk: Walk, place: ChainPosition, at: datetime) -> NextStep:
    """Go one step on; from the last, to the top of the next round."""
    if place.step + 1 < len(walk.steps):
        return step_now(walk, ChainPosition(place.step + 1, place.round), at)
    return step_now(walk, ChainPosition(0, place.round + 1), at, exhausted=True)


def turn_after(kept: Walk, now: Walk, place: ChainPosition, at: datetime) -> NextStep:
    """One step on, with the people of now. `kept`: the walk as it was when `place` was taken.

    By contact: after whoever was rung there; where they have left the roster, whoever has their
    place.
    """
    if place.round == NOBODY_YET.round:
        return step_now(now, ChainPosition(0, 0), at)
    stands = _place_now(kept, now, place)
    return _in_their_place(now, place, at) if stands is None else step_after(now, stands, at)


def turn_again(kept: Walk, now: Walk, place: ChainPosition, at: datetime) -> NextStep:
    """The same step once more; by contact, where they have left, whoever has their place."""
    stands = _place_now(kept, now, place)
    return _in_their_place(now, place, at) if stands is None else step_now(now, stands, at)


def _place_now(kept: Walk, now: Walk, place: ChainPosition) -> ChainPosition | None:
    if not now.by_contact:
        return place
    rung = step_at(kept, place)
    ids = [contact.contact_id for contact in now.chain]
    if rung is None or rung.contacts[0].contact_id not in ids:
        return None
    return ChainPosition(ids.index(rung.contacts[0].contact_id), place.round)


def _in_their_place(now: Walk, place: ChainPosition, at: datetime) -> NextStep:
    if place.step < len(now.steps):
        return step_now(now, place, at)
    return step_now(now, ChainPosition(0, place.round + 1), at, exhausted=True)


def rung_in_round(kept: Walk, place: ChainPosition) -> tuple[str, ...]:
    """The contacts whose turn came in this round, up to where it stands."""
    if place.round == NOBODY_YET.round:
        return ()
    steps = kept.steps[: place.step + 1]
    return tuple(contact.contact_id for step in steps for contact in step.contacts)


def with_kept_times(roster: Chain, kept: Chain) -> Chain:
    """The people of today, each with the time that was theirs when the escalation began."""
    times = {step.contact_id: step.ack_within for step in kept}
    return tuple(
        replace(step, ack_within=times.get(step.contact_id, step.ack_within)) for step in roster
    )


# ── deadlines ───────────────────────────────────────────────────────────────────────────────────


def _wait_at(walk: Walk, place: ChainPosition) -> timedelta:
    step = step_at(walk, place)
    return step.within if step is not None else ACK_WITHIN


def longest_wait(state: EscalationState, walk: Walk, place: ChainPosition) -> timedelta:
    """How far away the next deadline may lie at most. A closed escalation has none to ask for."""
    if state in (EscalationState.OPEN, EscalationState.CLOSED):
        return _wait_at(walk, place)
    return walk.waits[state]


def hastened(walk: Walk, place: ChainPosition, due_at: datetime, at: datetime) -> datetime:
    """The deadline when nobody at this step can be reached: no use in waiting it out."""
    later = any(step.has_somebody for step in walk.steps[place.step + 1 :])
    return min(due_at, at if later else at + ROUND_PAUSE)


def clamped(due_at: datetime, longest: timedelta, at: datetime) -> datetime:
    """No deadline further away than one step: a clock set back delays by no more than that."""
    return min(due_at, at + longest)
