"""How great the risk of a call is, since when and by whom, opened for its reader."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select

from hotline.risk.levels import SLIP_WITHIN, Risk, floor_of, highest
from hotline.storage.in_bulk import among
from hotline.storage.sealed import open_cell
from hotline.storage.session import Work
from hotline.storage.tables import (
    Call,
    Record,
    RecordVersion,
    RiskAssessment,
    RiskLowering,
    RiskRating,
    Staff,
)
from hotline.storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskStanding:
    """Where a call's level stands. `version` 0: nothing but what its record says, if anything."""

    level: Risk
    computed: str
    version: int
    newest: RiskAssessment | None

    @property
    def floor(self) -> Risk:
        """Below which only a supervisor goes."""
        return floor_of(self.level, self.computed)

    def slip_until(self, staff_id: str) -> datetime | None:
        """Until when this person may take the newest step back, if it was theirs."""
        step = self.newest
        if step is None or step.kind not in ("chosen", "assessed") or step.staff_id != staff_id:
            return None
        return step.at + SLIP_WITHIN


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskStep:
    """One step of the level, opened for its reader."""

    version: int
    kind: str
    level: str
    at: datetime
    by: str
    approved_by: str
    instrument: str
    instrument_version: int | None
    score: int | None
    found: str
    reason: str
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoweringAsked:
    """Somebody asked for a lower level. `answer`: a supervisor's words."""

    state: str
    level: str
    reason: str
    asked_by: str
    asked_by_id: str
    asked_at: datetime
    answered_by: str
    answer: str


RATING_SCALES = ("distress", "hope", "intent")
Ratings = Mapping[str, Mapping[str, int]]  # by scale, by moment


def level_found() -> ColumnElement[str | None]:
    """Of the `Call` and `Record` of a query: as assessed, else as the record says; null: none."""
    newest = (
        select(RiskAssessment.level)
        .where(col(RiskAssessment.call_id) == col(Call.id))
        .order_by(col(RiskAssessment.version).desc())
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(newest, func.nullif(col(Record.risk), ""))


async def levels_of(work: Work, calls: Collection[str]) -> Mapping[str, str]:
    """The level that holds now, of those of these calls that have one."""
    records = select(Record.call_id, Record.risk).where(among(col(Record.call_id), calls))
    found = dict((await work.exec(records)).all())
    query = select(RiskAssessment.call_id, RiskAssessment.level).where(
        among(col(RiskAssessment.call_id), calls)
    )
    newest_last = query.order_by(col(RiskAssessment.version))
    return {**found, **dict((await work.exec(newest_last)).all())}


async def levels_then(work: Work, calls: Collection[str], *, at: datetime) -> Mapping[str, str]:
    """The same as it held at a moment that is past."""
    records = select(RecordVersion.call_id, RecordVersion.risk).where(
        col(RecordVersion.call_id).in_(calls), col(RecordVersion.saved_at) <= at
    )
    query = select(RiskAssessment.call_id, RiskAssessment.level).where(
        col(RiskAssessment.call_id).in_(calls), col(RiskAssessment.at) <= at
    )
    found = dict((await work.exec(records.order_by(col(RecordVersion.version)))).all())
    newest_last = query.order_by(col(RiskAssessment.version))
    return {**found, **dict((await work.exec(newest_last)).all())}


async def standing_of(work: Work, call_id: str) -> RiskStanding:
    """The level that holds now."""
    query = select(RiskAssessment).where(RiskAssessment.call_id == call_id)
    newest = (await work.exec(query.order_by(col(RiskAssessment.version).desc()).limit(1))).first()
    if newest is None:
        record = await work.get(Record, call_id)
        level = highest([record.risk] if record and record.risk else [])
        return RiskStanding(level=level, computed="", version=0, newest=None)
    level = Risk(newest.level)
    return RiskStanding(
        level=level, computed=newest.computed, version=newest.version, newest=newest
    )


async def steps_of(work: Work, vault: Vault, call_id: str) -> Sequence[RiskStep]:
    """Each step, the newest first."""
    approver = aliased(Staff)
    query = (
        select(RiskAssessment, Staff.name, approver.name)
        .join(Staff, col(Staff.id) == col(RiskAssessment.staff_id), isouter=True)
        .join(approver, col(approver.id) == col(RiskAssessment.approved_by), isouter=True)
        .where(RiskAssessment.call_id == call_id)
        .order_by(col(RiskAssessment.version).desc())
    )
    found = (await work.exec(query)).all()
    return [_opened_step(vault, row, by, approved) for row, by, approved in found]


def _opened_step(vault: Vault, row: RiskAssessment, by: Any, approved: Any) -> RiskStep:
    answers = open_cell(vault, row, "answers_sealed")
    return RiskStep(
        version=row.version,
        kind=row.kind,
        level=row.level,
        at=row.at,
        by=by or "",
        approved_by=approved or "",
        instrument=row.instrument,
        instrument_version=row.instrument_version,
        score=row.score,
        found=row.found,
        reason=open_cell(vault, row, "reason_sealed"),
        answers=json.loads(answers or "{}"),
    )


async def lowerings_of(work: Work, vault: Vault, call_id: str) -> Sequence[LoweringAsked]:
    """Each time that somebody asked for a lower level, the newest first."""
    supervisor = aliased(Staff)
    query = (
        select(RiskLowering, Staff.name, supervisor.name)
        .join(Staff, col(Staff.id) == col(RiskLowering.asked_by))
        .join(supervisor, col(supervisor.id) == col(RiskLowering.answered_by), isouter=True)
        .where(RiskLowering.call_id == call_id)
        .order_by(col(RiskLowering.asked_at).desc())
    )
    return [_opened_lowering(vault, *found) for found in (await work.exec(query)).all()]


def _opened_lowering(vault: Vault, row: RiskLowering, by: str, answered_by: Any) -> LoweringAsked:
    return LoweringAsked(
        state=row.state,
        level=row.level,
        reason=open_cell(vault, row, "reason_sealed"),
        asked_by=by,
        asked_by_id=row.asked_by,
        asked_at=row.asked_at,
        answered_by=answered_by or "",
        answer=open_cell(vault, row, "answer_sealed"),
    )


def still_asked(lowerings: Sequence[LoweringAsked]) -> LoweringAsked | None:
    """The one that nobody has answered yet."""
    return next((one for one in lowerings if one.state == "asked"), None)


async def is_lowering_asked(work: Work, call_id: str) -> bool:
    """Whether a supervisor has to answer."""
    query = select(RiskLowering.id).where(RiskLowering.call_id == call_id)
    return (await work.exec(query.where(RiskLowering.state == "asked"))).first() is not None


async def ratings_of(work: Work, call_id: str) -> Ratings:
    """The newest of each."""
    query = select(RiskRating).where(RiskRating.call_id == call_id).order_by(col(RiskRating.id))
    found: dict[str, dict[str, int]] = {}
    for one in (await work.exec(query)).all():
        found.setdefault(one.scale, {})[one.moment] = one.value
    return found
