"""What an engine is told, as events that can be kept and told again.

An event is data down to the last bit of its time, so whoever keeps events and the plans in force
can have every decision made again. Plans themselves are not in it: a caller's need is, and the
plan follows from that. `facts` and `event_of` turn events into JSON and back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from routing.engine import Decision, Engine, Flag, Plan, Signature, Skills, Urgency
from routing.policy.need import Need

PlanOf = Callable[[Need], Plan]


class Kind(StrEnum):
    """What can be told. The engine's own words are in `apply`."""

    CALL_ARRIVES = "call.arrives"
    CALL_RESCORED = "call.rescored"
    CALL_LEAVES = "call.leaves"
    COUNSELOR_READY = "counselor.ready"
    COUNSELOR_AWAY = "counselor.away"
    TIME_PASSED = "time.passed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing told, at `at`, of the call or counselor `subject`.

    `need` and `arrival` belong to a call that arrives, `need` to one that is rescored, `signature`
    and `idle_since` to a counselor who is ready.
    """

    at: float
    kind: Kind
    subject: str = ""
    need: Need | None = None
    arrival: float | None = None
    signature: Signature | None = None
    idle_since: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDecision:
    """One decision, as it is kept."""

    call: str
    counselor: str
    stage: str

    @classmethod
    def of(cls, decision: Decision) -> "KeptDecision":
        """What of a decision must be the same when it is made again."""
        return cls(call=decision.call, counselor=decision.counselor, stage=decision.stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEvent:
    """An event and what the engine answered."""

    event: Event
    choices: tuple[KeptDecision, ...] = ()


def apply(engine: Engine, event: Event, plan_of: PlanOf) -> list[Decision]:
    """Tell an engine one event. Raises `ValueError` for an event that lacks what its kind needs."""
    call, at, since = event.subject, event.at, event.idle_since
    match event:
        case Event(kind=Kind.CALL_ARRIVES, need=Need() as need):
            return engine.call_arrives(call, plan_of(need), at, arrival=event.arrival)
        case Event(kind=Kind.CALL_RESCORED, need=Need() as need):
            return engine.call_rescored(call, plan_of(need), at)
        case Event(kind=Kind.CALL_LEAVES):
            engine.call_leaves(call)
        case Event(kind=Kind.COUNSELOR_READY, signature=Signature() as signature):
            return engine.counselor_ready(event.subject, signature, at, idle_since=since)
        case Event(kind=Kind.COUNSELOR_AWAY):
            engine.counselor_away(event.subject)
        case Event(kind=Kind.TIME_PASSED):
            return engine.tick(at)
        case _:
            raise ValueError(f"{event.kind} of {event.subject} says too little to be told")
    return []


def facts(event: Event) -> dict[str, Any]:
    """All but time, kind and subject, for JSON."""
    said: dict[str, Any] = {"arrival": event.arrival, "idle_since": event.idle_since}
    if event.need is not None:
        said["need"] = _need_said(event.need)
    if event.signature is not None:
        said["skills"] = _skills_said(event.signature.skills)
        said["flag"] = event.signature.flag.value
    return {name: value for name, value in said.items() if value is not None}


def event_of(at: float, kind: str, subject: str, said: Mapping[str, Any]) -> Event:
    """The event that `facts` were taken from. Raises `ValueError`, `KeyError` or `TypeError`.

    Facts of former versions may also say a "capacity", which was 1 for everybody: not read.
    """
    return Event(
        at=at,
        kind=Kind(kind),
        subject=subject,
        need=_need(said["need"]) if "need" in said else None,
        arrival=said.get("arrival"),
        signature=_signature(said["skills"], said["flag"]) if "skills" in said else None,
        idle_since=said.get("idle_since"),
    )


def choices_of(decisions: Sequence[Decision]) -> tuple[KeptDecision, ...]:
    """Decisions as they are kept, in their order."""
    return tuple(map(KeptDecision.of, decisions))


def _need_said(need: Need) -> dict[str, Any]:
    """No word of what is not known: there are many of these."""
    said = {
        "line": need.line,
        "language": need.language,
        "urgency": need.urgency.value,
        "topic": need.topic,
        "also_speaks": None if need.also_speaks is None else list(need.also_speaks),
        "gender": need.gender,
        "age_group": need.age_group,
        "counselor": need.counselor,
        "agreed": need.agreed or None,
        "nobody_speaks": need.nobody_speaks or None,
        "nobody_of_gender": need.nobody_of_gender or None,
    }
    return {name: value for name, value in said.items() if value is not None}


def _need(said: Mapping[str, Any]) -> Need:
    known = said.get("also_speaks")
    spoken = None if known is None else tuple(known)
    return Need(**{**said, "urgency": Urgency(said["urgency"]), "also_speaks": spoken})


def _skills_said(skills: Skills) -> dict[str, Any]:
    return {
        "languages": dict(skills.languages),
        "topics": dict(skills.topics),
        "lines": sorted(skills.lines),
        "certified": skills.certified,
        "gender": skills.gender,
        "ages": sorted(skills.ages),
    }


def _signature(said: Mapping[str, Any], flag: str) -> Signature:
    languages, rest = said["languages"], {k: v for k, v in said.items() if k != "languages"}
    return Signature(Skills.of(languages, **rest), Flag(flag))
