"""Debriefs: owed by what a call was, asked for by whoever needs a word, and done by people.

Nothing but a person closes one, save a level that was a slip. Lock the call before a debrief.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlmodel import select

from hotline.debriefs.model import (
    ASKED_DUE_AFTER,
    HEAVY_DUE_AFTER,
    PUT_OFF_AT_MOST,
    DebriefEnd,
    DebriefState,
    DebriefWhy,
    PutOff,
)
from hotline.errors import IllegalMove, Invalid, NotFound
from hotline.staff.model import Role
from hotline.staff.presence import talk_was_heavy, talk_was_not_heavy
from hotline.storage.sealed import open_cell, seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import Call, Debrief, Staff
from hotline.storage.vault import Vault

log = structlog.get_logger()

OVER = "This talk was closed already."
NOT_THEM = "Choose a supervisor or another counselor of one of their lines."
WRONG_TIME = "Choose a time from now on and within seven days."
MISTAKE = "mistake"


@dataclass(frozen=True, slots=True, kw_only=True)
class DebriefOver:
    """What somebody says came of it. `note`: for the two who talked; empty for none."""

    how: DebriefEnd
    note: str
    by_id: str


async def owe_debrief(work: Work, staff_id: str, call_id: str, *, at: datetime) -> None:
    """They had a heavy call. Once for each call. Hold the call."""
    query = select(Debrief.id).where(Debrief.staff_id == staff_id, Debrief.call_id == call_id)
    if (await work.exec(query)).first() is None:
        _begin(work, staff_id, DebriefWhy.HEAVY_CALL, call_id=call_id, at=at)


async def ask_for_word(work: Work, staff_id: str, *, at: datetime) -> Debrief:
    """They want a word with a supervisor, of whatever; asked again, the same stands."""
    await work.get_one(Staff, staff_id, with_for_update=True)  # two clicks are one wish
    query = select(Debrief).where(Debrief.staff_id == staff_id, Debrief.why == DebriefWhy.ASKED)
    found = (await work.exec(query.where(Debrief.state != DebriefState.CLOSED))).first()
    return found or _begin(work, staff_id, DebriefWhy.ASKED, call_id=None, at=at)


def _begin(
    work: Work, staff_id: str, why: DebriefWhy, *, call_id: str | None, at: datetime
) -> Debrief:
    due_at = at + (ASKED_DUE_AFTER if why is DebriefWhy.ASKED else HEAVY_DUE_AFTER)
    row = Debrief(staff_id=staff_id, call_id=call_id, why=why, created_at=at, due_at=due_at)
    work.add(row)
    work.announce("debrief", row.id)
    log.info("debrief.owed", staff_id=staff_id, why=why)
    return row


async def heavy_after_all(work: Work, call: Call, by_id: str | None, *, at: datetime) -> None:
    """Danger was found when the talk was over: rest and debrief are due as if it had been known.

    Of whoever still writes it up, and of whoever had the caller last. Hold the call.
    """
    had_it = {call.counselor_id} if call.ended_at is not None and call.joined_at else set()
    for staff_id in sorted({one for one in (*had_it, by_id) if one is not None}):
        if await talk_was_heavy(work, staff_id, call.id) or staff_id in had_it:
            await owe_debrief(work, staff_id, call.id, at=at)


async def not_heavy_after_all(work: Work, call: Call, by_id: str, *, at: datetime) -> None:
    """The level that made it heavy was a slip: what `heavy_after_all` did is taken back."""
    if await talk_was_not_heavy(work, by_id, call.id):
        query = select(Debrief).where(Debrief.staff_id == by_id, Debrief.call_id == call.id)
        row = (await work.exec(query.with_for_update())).first()
        if row is not None and row.state == DebriefState.OPEN:
            row.state, row.closed_at, row.closed_as = DebriefState.CLOSED, at, MISTAKE
            _note_down(work, row, MISTAKE, by_id, at=at)


async def lock_debrief(work: Work, debrief_id: str) -> Debrief:
    """The row, held. Raises `NotFound`."""
    found = await work.get(Debrief, debrief_id, with_for_update=True)
    if found is None:
        raise NotFound
    return found


async def take_debrief(
    work: Work, row: Debrief, taker_id: str, *, by_id: str, at: datetime
) -> None:
    """Somebody talks with them: the one who says so, or whom they name. Theirs already: fine.

    Raises `IllegalMove` for one that is closed, and `Invalid` for who cannot be it.
    """
    _require_open(row)
    await _require_taker(work, row, taker_id)
    if row.taker_id == taker_id:
        return
    row.state, row.taker_id = DebriefState.TAKEN, taker_id
    _note_down(work, row, "taken", by_id, at=at, facts={"taker_id": taker_id})


async def _require_taker(work: Work, row: Debrief, taker_id: str) -> None:
    taker, owed = await work.get(Staff, taker_id), await work.get_one(Staff, row.staff_id)
    if taker is None or taker.id == owed.id or not taker.active:
        raise Invalid(NOT_THEM)
    talks = bool({Role.SUPERVISOR, Role.COUNSELOR} & set(taker.roles))
    if not talks or set(taker.lines).isdisjoint(owed.lines):
        raise Invalid(NOT_THEM)


async def put_off_debrief(
    work: Work, row: Debrief, until: datetime, why: PutOff, *, by_id: str, at: datetime
) -> None:
    """It is later, for a reason that stays visible. Raises `IllegalMove`, `Invalid`."""
    _require_open(row)
    if not at < until <= at + PUT_OFF_AT_MOST:
        raise Invalid(WRONG_TIME)
    facts = {"why": why, "from": row.due_at.isoformat(), "to": until.isoformat()}
    row.due_at = until
    _note_down(work, row, "put_off", by_id, at=at, facts=facts)


async def close_debrief(
    work: Work, vault: Vault, row: Debrief, over: DebriefOver, *, at: datetime
) -> None:
    """They talked, or need not. Closed as that already: fine. Raises `IllegalMove`."""
    if row.state == DebriefState.CLOSED and row.closed_as == over.how:
        return
    _require_open(row)
    row.state, row.closed_at, row.closed_as = DebriefState.CLOSED, at, over.how
    if over.note.strip():
        row.note_sealed = seal_cell(vault, row, "note_sealed", over.note.strip())
    _note_down(work, row, over.how, over.by_id, at=at)


def open_note(work: Work, vault: Vault, row: Debrief, *, by_id: str, at: datetime) -> str:
    """The note, for one of the two; that it was read stays in the history."""
    if not row.note_sealed:
        return ""
    _note_down(work, row, "note_read", by_id, at=at)
    return open_cell(vault, row, "note_sealed")


def _require_open(row: Debrief) -> None:
    if row.state == DebriefState.CLOSED:
        raise IllegalMove(OVER)


def _note_down(
    work: Work,
    row: Debrief,
    what: str,
    by_id: str,
    *,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
) -> None:
    step = {"at": at.isoformat(), "by_id": by_id, "what": str(what), **(facts or {})}
    row.history = [*row.history, step]
    work.announce("debrief", row.id)
