"""All reasons of one call, with names: what its page and the API show."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from hotline.calls.model import CallState
from hotline.lines.plans import care_for
from hotline.storage.session import Work
from hotline.storage.tables import Call, Line, Offer, Staff
from hotline.switchboard.mirror import Rows, need_of, read_rows, standing_away, standing_of
from hotline.switchboard.reasons import CandidateReason, reasons_of
from hotline.switchboard.teller import OnDuty, candidate, plans_in_force
from routing.engine import Floor, Rule, Waiting
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


async def why_call(work: Work, call: Call, *, at: datetime) -> CallWhy:
    """The reasons kept with each offer, and those of the present wait."""
    wait = await why_this_call(work, call, at=at)
    offers = await _offers(work, call)
    asked = [one for offer in offers for one in reasons_of(offer.facts)["candidates"]]
    asked += wait.candidates if wait else []
    ids = {one["counselor"] for one in asked}
    names = await _names(work, ids | {offer.staff_id for offer in offers})
    return CallWhy(
        wait=None
        if wait is None
        else WaitWhy(
            reason=wait.reason,
            ahead=wait.ahead,
            changes_in_s=wait.changes_in_s,
            candidates=_named(wait.candidates, names),
        ),
        offers=[_moment(group, names) for group in reversed(_moments(offers))],
    )


async def _offers(work: Work, call: Call) -> Sequence[Offer]:
    query = select(Offer).where(Offer.call_id == call.id)
    return (await work.exec(query.order_by(col(Offer.offered_at), col(Offer.id)))).all()


def _moments(offers: Sequence[Offer]) -> list[list[Offer]]:
    """Phones that ring together were chosen together."""
    moments: dict[datetime, list[Offer]] = {}
    for offer in offers:
        moments.setdefault(offer.offered_at, []).append(offer)
    return list(moments.values())


def _moment(group: Sequence[Offer], names: Mapping[str, str]) -> OfferWhy:
    first, reasons = group[0], reasons_of(group[0].facts)
    candidates = _named(reasons["candidates"], names)
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


async def _names(work: Work, ids: set[str]) -> dict[str, str]:
    query = select(Staff.id, Staff.name).where(col(Staff.id).in_(ids))
    return dict((await work.exec(query)).all())


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
    candidates: Sequence[CandidateReason]


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
        callers=tuple(sorted(callers, key=lambda one: one.order_key)),
        counselors=tuple(sorted(counselors, key=lambda one: one.place)),
    )


def _doing(rows: Rows) -> dict[str, OnDuty]:
    return {
        staff.id: OnDuty(standing_away(presence, staff), presence.state, presence.reason)
        for presence, staff in rows.counselors.values()
    }


def _why(floor: Floor, call: str, doing: Mapping[str, OnDuty]) -> WhyWaiting:
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
