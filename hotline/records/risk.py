"""The level of a call's risk: up at once by anybody who writes the record, down by a supervisor.

Each step is a row of its own. Hold the call's row before any of these. No clock and no job calls
`lower_level` or `answer_lowering`: only a person does, with a reason.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlmodel import select

from hotline.errors import Forbidden, IllegalMove, Invalid
from hotline.followups.service import level_rose, slip_taken_back
from hotline.records.risk_queries import (
    RiskStanding,
    standing_of,
)
from hotline.risk.instruments import Instrument
from hotline.risk.levels import Risk, highest, is_below
from hotline.risk.scoring import Answers, Scored, score_answers
from hotline.storage.sealed import open_cell, place_in, seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import (
    Call,
    CallEntry,
    Record,
    RiskAssessment,
    RiskLowering,
    RiskRating,
)
from hotline.storage.vault import Vault

log = structlog.get_logger()

NO_REASON = "Say why the level is lowered. It stays as it is until then."
NOT_LOWER = "This level is not below the present one."
TOO_LATE_TO_TAKE_BACK = (
    "This can no longer be taken back: ten seconds have passed, or it was sent, or is not yours."
)
NOBODY_ASKS = "Nobody asks for a lower level of this call any more."
NOT_ONES_OWN = "Somebody else has to answer what you asked for yourself."


@dataclass(frozen=True, slots=True, kw_only=True)
class LoweringAnswer:
    """What a supervisor says to a request, and why."""

    granted: bool
    words: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelDown:
    """A lower level that somebody wants. `as_supervisor`: they may lower it themselves."""

    level: Risk
    reason: str
    by: str
    as_supervisor: bool


async def raise_level(
    work: Work, call_id: str, level: Risk, *, by: str | None, kind: str = "chosen", at: datetime
) -> RiskAssessment | None:
    """Up to this level; None where it is there already. `kind`: "chosen", or "flagged".

    A flag holds like what an instrument found, even where somebody had chosen the level before.
    """
    before = await standing_of(work, call_id)
    held = highest([before.computed or Risk.NOT_ASSESSED, level]) if kind == "flagged" else ""
    computed = held or before.computed
    if not is_below(before.level, level) and computed == before.computed:
        return None
    new_level = highest([before.level, level])
    return await _add_step(
        work, before, call_id, kind=kind, staff_id=by, at=at, level=new_level, computed=computed
    )


async def keep_assessment(
    work: Work,
    vault: Vault,
    call_id: str,
    filled: tuple[Instrument, Answers],
    *,
    by: str,
    at: datetime,
) -> RiskAssessment:
    """Keep what was answered. It may raise the level and never lowers it. Raises `Invalid`."""
    instrument, answers = filled
    if not answers:
        raise Invalid("Answer at least one question.")
    scored = score_answers(instrument, answers)
    before = await standing_of(work, call_id)
    key = {"call_id": call_id, "version": before.version + 1}
    place = place_in(RiskAssessment, "answers_sealed", **key)
    return await _add_step(
        work,
        before,
        call_id,
        kind="assessed",
        staff_id=by,
        at=at,
        level=highest([before.level, scored.level]),
        computed=_computed_with(before, scored),
        instrument=instrument.name,
        instrument_version=instrument.version,
        answers_sealed=vault.seal(json.dumps(dict(answers)), place=place),
        score=scored.score,
        found=scored.level,
    )


def _computed_with(before: RiskStanding, scored: Scored) -> str:
    """Half an instrument may hold a level up, but is no proof that a chosen one was too high."""
    if not scored.complete and not before.computed:
        return ""
    if scored.level is Risk.NOT_ASSESSED and not before.computed:
        return ""
    return highest([before.computed or Risk.NOT_ASSESSED, scored.level])


async def take_back(work: Work, call_id: str, *, by: str, at: datetime) -> RiskAssessment:
    """A mis-click: the step before holds again. Its row is the one taken back.

    Raises `IllegalMove` after ten seconds and for what is not one's own. That nothing was sent is
    looked after by who calls this.
    """
    now = await standing_of(work, call_id)
    until, newest = now.slip_until(by), now.newest
    if newest is None or until is None or at > until:
        raise IllegalMove(TOO_LATE_TO_TAKE_BACK)
    former = await work.get(RiskAssessment, (call_id, newest.version - 1))
    level = former.level if former else Risk.NOT_ASSESSED
    computed = former.computed if former else ""
    await _add_step(
        work, now, call_id, kind="taken_back", staff_id=by, at=at, level=level, computed=computed
    )
    _say(work, call_id, "risk.taken_back", by, at=at, level=level)
    return newest


async def lower_level(
    work: Work, vault: Vault, call_id: str, down: LevelDown, *, at: datetime
) -> RiskAssessment | None:
    """Lower it, or ask a supervisor for it: then None. Raises `Invalid`, `IllegalMove`."""
    if not down.reason.strip():
        raise Invalid(NO_REASON)
    before = await standing_of(work, call_id)
    if not is_below(down.level, before.level):
        raise IllegalMove(NOT_LOWER)
    if is_below(down.level, before.floor) and not down.as_supervisor:
        await _ask(work, vault, call_id, down, at=at)
        return None
    approved_by = down.by if down.as_supervisor else None
    await _overtake_lowerings(work, call_id, at=at)
    return await _lower(work, vault, call_id, down, approved_by=approved_by, at=at)


async def _ask(work: Work, vault: Vault, call_id: str, down: LevelDown, *, at: datetime) -> None:
    await _overtake_lowerings(work, call_id, at=at)
    asked = RiskLowering(
        call_id=call_id, level=down.level, asked_by=down.by, asked_at=at, reason_sealed=""
    )
    asked.reason_sealed = seal_cell(vault, asked, "reason_sealed", down.reason)
    work.add(asked)
    _say(work, call_id, "risk.lowering_asked", down.by, at=at, level=down.level)


async def _lower(
    work: Work,
    vault: Vault,
    call_id: str,
    down: LevelDown,
    *,
    approved_by: str | None,
    at: datetime,
) -> RiskAssessment:
    before = await standing_of(work, call_id)
    is_under = bool(before.computed) and is_below(down.level, before.computed)
    key = {"call_id": call_id, "version": before.version + 1}
    place = place_in(RiskAssessment, "reason_sealed", **key)
    step = await _add_step(
        work,
        before,
        call_id,
        kind="lowered",
        staff_id=down.by,
        at=at,
        level=down.level,
        computed=down.level if is_under else before.computed,
        reason_sealed=vault.seal(down.reason, place=place),
        approved_by=approved_by,
    )
    _say(work, call_id, "risk.lowered", approved_by or down.by, at=at, level=down.level)
    return step


async def answer_lowering(
    work: Work, vault: Vault, call_id: str, said: LoweringAnswer, *, at: datetime
) -> RiskLowering:
    """A supervisor says yes or no, and why. Raises `IllegalMove`, `Forbidden`, `Invalid`.

    It is lowered by the request's own reason; the supervisor's words stay with the request.
    """
    asked = await _open_lowering(work, call_id)
    if asked is None:
        raise IllegalMove(NOBODY_ASKS)
    if asked.asked_by == said.by:
        raise Forbidden(NOT_ONES_OWN)
    if not said.words.strip():
        raise Invalid(NO_REASON)
    reason = open_cell(vault, asked, "reason_sealed")
    asked.state, asked.answered_by, asked.answered_at = "refused", said.by, at
    asked.answer_sealed = seal_cell(vault, asked, "answer_sealed", said.words)
    if said.granted:
        asked.state = "granted"
        down = LevelDown(level=Risk(asked.level), reason=reason, by=asked.asked_by,
                         as_supervisor=False)  # fmt: skip
        await _lower(work, vault, call_id, down, approved_by=said.by, at=at)
    else:
        _say(work, call_id, "risk.lowering_refused", said.by, at=at, level=asked.level)
    return asked


def rate(work: Work, call_id: str, rating: tuple[str, str, int], *, by: str, at: datetime) -> None:
    """What the caller says of themselves. `rating`: moment, scale, and 0 to 100."""
    moment, scale, value = rating
    work.add(
        RiskRating(call_id=call_id, moment=moment, scale=scale, value=value, staff_id=by, at=at)
    )
    work.announce("call", call_id)


async def _add_step(
    work: Work, before: RiskStanding, call_id: str, **values: Any
) -> RiskAssessment:
    """The next step, the same level in the record, and an end to requests that it overtakes."""
    step = RiskAssessment(call_id=call_id, version=before.version + 1, **values)
    if is_below(before.level, step.level):
        await _overtake_lowerings(work, call_id, at=step.at)
    work.add(step)
    record = await work.get(Record, call_id)
    if record is not None:
        record.risk = step.level
    await work.flush()
    await _follow_up(work, before, step)
    work.announce("call", call_id)
    log.info("risk.step", call_id=call_id, kind=step.kind, level=step.level)
    return step


async def _follow_up(work: Work, before: RiskStanding, step: RiskAssessment) -> None:
    """Who is at high risk is called again. What began stays when the level is lowered."""
    call = await work.get(Call, step.call_id)
    if call is None:
        return
    if step.kind == "taken_back":
        await slip_taken_back(work, call, at=step.at)
    elif is_below(before.level, step.level):
        await level_rose(work, call, step.level, at=step.at)


async def _open_lowering(work: Work, call_id: str) -> RiskLowering | None:
    query = select(RiskLowering).where(RiskLowering.call_id == call_id)
    return (await work.exec(query.where(RiskLowering.state == "asked").with_for_update())).first()


async def _overtake_lowerings(work: Work, call_id: str, *, at: datetime) -> None:
    asked = await _open_lowering(work, call_id)
    if asked is not None:
        asked.state, asked.answered_at = "overtaken", at
        await work.flush()


def _say(work: Work, call_id: str, kind: str, by: str, *, at: datetime, level: str) -> None:
    facts = {"level": str(level)}
    work.add(CallEntry(call_id=call_id, at=at, kind=kind, staff_id=by, facts=facts))
    work.announce("call", call_id)
