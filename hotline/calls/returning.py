"""Calling somebody back: whose number, how often it was tried, and who must not be rung.

A phone that rings again and again tells others in a home that somebody asked for help. So tries
at which nobody was reached are few and far between: three, a day apart, as the follow-up calls of
child helplines are (features research, "Callback attempts, delay, limit"). A caller in danger is
called as often as somebody means to (domain research, requirement 16). Marked numbers are refused
(requirement 46), and so are those of a guardian who is suspected of the harm (requirement 42),
whoever called us from there.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from sqlalchemy import ScalarSelect
from sqlalchemy import select as core_select
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel, col, func, or_, select, update

from hotline.calls.model import CallState, Direction, Outcome, Urgency
from hotline.handovers.guardians import blocked_among
from hotline.numbers import normalised
from hotline.storage.sealed import open_cell
from hotline.storage.session import Work
from hotline.storage.tables import Call
from hotline.storage.vault import SealBroken, Vault

log = structlog.get_logger()

MOST_TRIES = 3
APART = timedelta(hours=24)
DID_NOT_RING = ("not_dialled", "busy", "failed")
"""Steps of a call of ours at which no phone can have rung: it may be tried again at once."""


class WhyNot(StrEnum):
    """What stands against a call, by what is known of the number."""

    WITHHELD = "withheld"
    MARKED = "marked"
    GUARDIAN = "guardian"
    ON_THE_LINE = "on_the_line"
    TOO_SOON = "too_soon"
    TOO_OFTEN = "too_often"


@dataclass(slots=True)
class Tries:
    """What was tried at one number since we last heard of its owner. `last`: how the last ended.

    `rang`: how often it may have rung. `on_the_line`: in a call with us now; `dialling`: and they
    have not picked up yet. `marked`: it is not safe to call. `guardian`: it is of somebody who is
    suspected of the harm.
    """

    rang: int = 0
    rang_at: datetime | None = None
    last: str = ""
    marked: bool = False
    guardian: bool = False
    on_the_line: bool = False
    dialling: bool = False


def number_of(vault: Vault, call: Call) -> str | None:
    """A call's other end in one form; None: withheld, no number, or sealed with a lost key."""
    return opened_number(vault, call, "from_sealed")


def opened_number(vault: Vault, row: SQLModel, column: str) -> str | None:
    """The same of any sealed number. One that does not open is nobody whom we can ring.

    It will not open at the next look either, and must not take the turn of others.
    """
    try:
        return normalised(open_cell(vault, row, column))
    except SealBroken:
        log.error("number.not_opened", what=f"{type(row).__name__}.{column}")  # noqa: TRY400 – a trace would hold the row
        return None


def why_not(tries: Tries, *, has_number: bool, urgency: str, at: datetime) -> WhyNot | None:
    """What keeps us from calling now; None: nothing does."""
    if not has_number:
        return WhyNot.WITHHELD
    if tries.guardian or tries.marked:
        return WhyNot.GUARDIAN if tries.guardian else WhyNot.MARKED
    if tries.on_the_line:
        return WhyNot.ON_THE_LINE
    if urgency == Urgency.CRISIS or tries.rang_at is None:
        return None
    if tries.rang >= MOST_TRIES:
        return WhyNot.TOO_OFTEN
    return WhyNot.TOO_SOON if at - tries.rang_at < APART else None


async def tries_at(work: Work, numbers: Collection[str]) -> Mapping[str, Tries]:
    """By number (`from_index`), in two statements. Whom we talked with since is tried anew."""
    found = {number: Tries() for number in numbers if number}
    if not found:
        return found
    alive = col(Call.state) != CallState.ENDED
    query = (
        select(Call, _last_heard_of())
        .where(col(Call.from_index).in_(found))
        .where(or_(Call.direction == Direction.OUT, Call.no_callback, alive))
        .order_by(col(Call.arrived_at))
    )
    for call, heard_at in (await work.exec(query)).all():
        _count(found[call.from_index], call, heard_at)
    for number in await blocked_among(work, found):
        found[number].guardian = True
    return found


def _last_heard_of() -> ScalarSelect[datetime]:
    """When whoever has the call's number last called us, or talked with us."""
    other = aliased(Call)
    query = core_select(func.max(col(other.arrived_at))).where(
        col(other.from_index) == col(Call.from_index),
        col(other.state) == CallState.ENDED,
        col(other.outcome).is_distinct_from(Outcome.NOT_REACHED),
    )
    return query.correlate(Call).scalar_subquery()


def _count(tries: Tries, call: Call, heard_at: datetime | None) -> None:
    tries.marked = tries.marked or call.no_callback
    if call.state != CallState.ENDED:
        tries.on_the_line = True
        rings = call.state == CallState.CONNECTING and call.queued_at is None
        tries.dialling = tries.dialling or (rings and call.direction == Direction.OUT)
    elif call.outcome == Outcome.NOT_REACHED and (heard_at is None or heard_at < call.arrived_at):
        tries.last = call.outcome_step
        if call.outcome_step not in DID_NOT_RING:
            tries.rang, tries.rang_at = tries.rang + 1, call.arrived_at


async def hold_number(work: Work, number: str) -> None:
    """Nobody else calls this number (`from_index`) until the unit of work ends."""
    await work.exec(select(func.pg_advisory_xact_lock(func.hashtextextended(number, 0))))


async def mark_number(work: Work, call: Call, *, no_callback: bool) -> None:
    """Whether it is safe to call there. Taken back for every call of the number."""
    same = col(Call.from_index) == call.from_index if call.from_index else col(Call.id) == call.id
    if no_callback:
        same = col(Call.id) == call.id
    await work.exec(update(Call).where(same).values(no_callback=no_callback))
