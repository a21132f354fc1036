"""All reasons of one call, with names: what its page and the API show.

Of other lines than the reader's nobody is shown, but for who could have taken the call: a plan may
ask counselors of other lines in the end.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import col, select

from hotline.calls.model import CallState, OfferKind
from hotline.floor.drawn import DrawnFloor, drawn_floor
from hotline.staff.permissions import lines_around
from hotline.storage.session import Work
from hotline.storage.tables import Call, Offer, Staff
from hotline.switchboard.reasons import CandidateReason, reasons_of
from hotline.switchboard.teller import candidate
from routing.engine import Rule
from routing.explain import Verdict, explain_offer, explain_wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One counselor on duty, for one caller.

    Either `order` (1 was rung first) or `excluded_by` (a `routing.engine.Rule`) is set; with
    "away" also what they did, and why. `opens_in_s`: when waiting alone ends the exclusion.
    """

    name: str
    order: int | None = None
    stage: str = ""
    excluded_by: str = ""
    doing: str = ""
    reason: str = ""
    opens_in_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferWhy:
    """One moment of choosing: who was rung, what came of each, and how all others stood.

    `left_out`: how many counselors of a very large floor are not named, by rule.
    """

    at: datetime
    stage: str
    rung: Sequence[tuple[str, str, str]]  # name, state of the offer, its reason
    plan_version: str
    waited_s: float
    ahead: int
    waiting: int
    in_wrap_up: bool
    interpreter: bool
    candidates: Sequence[Candidate]
    left_out: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitWhy:
    """Why a caller in line has not been offered to anybody yet."""

    reason: str
    ahead: int
    changes_in_s: float | None
    candidates: Sequence[Candidate]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallWhy:
    """Every offer, the newest first; `wait` is None unless the call waits for a decision now."""

    wait: WaitWhy | None
    offers: Sequence[OfferWhy]


async def why_call(work: Work, call: Call, *, at: datetime, of: Collection[str]) -> CallWhy:
    """The reasons kept with each offer, and those of the present wait. `of`: the reader's lines."""
    lines = lines_around(of, call.line_id)
    wait = await _why_this_call(work, call, at=at, of=lines)
    offers = await _offers(work, call)
    asked = [one for offer in offers for one in reasons_of(offer.facts)["candidates"]]
    asked += wait.candidates if wait else []
    ids = {one["counselor"] for one in asked} | {offer.staff_id for offer in offers}
    people = await _people(work, ids)
    names = {staff.id: staff.name for staff in people}
    theirs = {staff.id for staff in people if not lines.isdisjoint(staff.lines)}
    return CallWhy(
        wait=None
        if wait is None
        else WaitWhy(
            reason=wait.reason,
            ahead=wait.ahead,
            changes_in_s=wait.changes_in_s,
            candidates=_named(wait.candidates, names),
        ),
        offers=[_moment(group, names, theirs) for group in reversed(_moments(offers))],
    )


async def _offers(work: Work, call: Call) -> Sequence[Offer]:
    query = select(Offer).where(Offer.call_id == call.id, Offer.kind == OfferKind.CALL)
    return (await work.exec(query.order_by(col(Offer.offered_at), col(Offer.id)))).all()


def _moments(offers: Sequence[Offer]) -> list[list[Offer]]:
    """Phones that ring together were chosen together."""
    moments: dict[datetime, list[Offer]] = {}
    for offer in offers:
        moments.setdefault(offer.offered_at, []).append(offer)
    return list(moments.values())


def _moment(group: Sequence[Offer], names: Mapping[str, str], theirs: Collection[str]) -> OfferWhy:
    first, reasons = group[0], reasons_of(group[0].facts)
    told = [one for one in reasons["candidates"] if "stage" in one or one["counselor"] in theirs]
    candidates = _named(told, names)
    order = {one.name: one.order or 0 for one in candidates}
    rung = [(names.get(one.staff_id, ""), one.state, one.reason) for one in group]
    return OfferWhy(
        at=first.offered_at,
        stage=first.stage,
        rung=sorted(rung, key=lambda one: order.get(one[0], 0)),
        plan_version=reasons["plan_version"],
        waited_s=reasons["waited_s"],
        ahead=reasons["ahead"],
        waiting=reasons["waiting"],
        in_wrap_up=reasons["in_wrap_up"],
        interpreter=first.interpreter,
        candidates=candidates,
        left_out=reasons["left_out"],
    )


def _named(candidates: Sequence[CandidateReason], names: Mapping[str, str]) -> list[Candidate]:
    """Who fits first, in their order; then the others, those nearest to fitting first."""
    said = [
        Candidate(
            name=names.get(one["counselor"], ""),
            order=one.get("order"),
            stage=one.get("stage", ""),
            excluded_by=one.get("excluded_by", ""),
            doing=one.get("doing", ""),
            reason=one.get("reason", ""),
            opens_in_s=one.get("opens_in_s"),
        )
        for one in candidates
    ]
    return sorted(said, key=lambda one: (one.order is None, one.order or 0, one.excluded_by))


async def _people(work: Work, ids: set[str]) -> Sequence[Staff]:
    return (await work.exec(select(Staff).where(col(Staff.id).in_(ids)))).all()


EXPLAINED = 50  # of a long line the head is explained; who is behind, waits for the same


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyWaiting:
    """Why nobody has been offered this caller yet.

    `reason`: a `WaitReason`. `ahead`: callers of the reader's lines who are served before.
    `changes_in_s`: when waiting alone changes it, None if it does not. `against`: on duty, by the
    first rule against them.
    """

    reason: str
    ahead: int
    changes_in_s: float | None
    against: Mapping[str, int]
    candidates: Sequence[CandidateReason]


async def why_waiting(work: Work, *, at: datetime, of: Collection[str]) -> dict[str, WhyWaiting]:
    """By call of these lines: the first `EXPLAINED`, but for those somebody is being rung for."""
    drawn = await drawn_floor(work, at=at, of=of)
    return {one.call: _why(drawn, one.call) for one in drawn.floor.callers[:EXPLAINED]}


async def _why_this_call(
    work: Work, call: Call, *, at: datetime, of: Collection[str]
) -> WhyWaiting | None:
    """The same of one call; None unless it waits and nobody is being rung for it."""
    if call.state != CallState.WAITING:
        return None
    drawn = await drawn_floor(work, at=at, of=of)
    waits = any(one.call == call.id for one in drawn.floor.callers)
    return _why(drawn, call.id) if waits else None


def _why(drawn: DrawnFloor, call: str) -> WhyWaiting:
    verdicts = [
        one
        for one in explain_offer(drawn.floor, call)
        if one.stage is not None or one.counselor in drawn.theirs
    ]
    told = {one.counselor for one in verdicts}
    counselors = tuple(one for one in drawn.floor.counselors if one.counselor in told)
    wait = explain_wait(replace(drawn.floor, counselors=counselors), call)
    return WhyWaiting(
        reason=wait.reason,
        ahead=wait.ahead,
        changes_in_s=None if wait.changes_in_s is None else round(wait.changes_in_s, 1),
        against=Counter(_against(one) for one in verdicts if one.excluded_by),
        candidates=[candidate(one, drawn.doing(one.counselor)) for one in verdicts],
    )


def _against(verdict: Verdict) -> str:
    return (verdict.excluded_by or Rule.AWAY).value
