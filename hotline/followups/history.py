"""A sequence with every word about it, opened for its reader; that leaves a trace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, select

from hotline.storage.sealed import open_cell
from hotline.storage.session import Work
from hotline.storage.tables import CallEntry, FollowUp, FollowUpAttempt, FollowUpWord, Staff
from hotline.storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class WordSaid:
    """Something that was said about calling at all, and who heard or decided it."""

    kind: str
    at: datetime
    by: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TryTold:
    """One try with what was found. `step`: of which call of the sequence, from 1.

    `by`: who told of it; else who called.
    """

    number: int
    step: int
    at: datetime
    by: str
    outcome: str
    found: str
    safety_plan: str
    linked: bool
    note: str
    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpStory:
    """Everything. `stopped_as` and what follows it: empty while it lives."""

    id: str
    call_id: str
    state: str
    stopped_as: str
    stopped_at: datetime | None
    stopped_by: str
    stop_note: str
    words: tuple[WordSaid, ...]
    tries: tuple[TryTold, ...]


async def read_story(
    work: Work, vault: Vault, follow_up: FollowUp, *, reader: str, at: datetime
) -> FollowUpStory:
    """Open it. The trace is silent: a page that looks again must not be told of its own look."""
    story = FollowUpStory(
        id=follow_up.id,
        call_id=follow_up.call_id,
        state=follow_up.state,
        stopped_as=follow_up.stopped_as,
        stopped_at=follow_up.stopped_at,
        stopped_by=await _name(work, follow_up.stopped_by_id),
        stop_note=open_cell(vault, follow_up, "stop_note_sealed"),
        words=tuple(await _words(work, vault, follow_up)),
        tries=tuple(await _tries(work, vault, follow_up)),
    )
    if story.stop_note or any(it.words for it in story.words) or any(it.note for it in story.tries):
        facts = {"follow_up": follow_up.id}
        work.add(CallEntry(call_id=follow_up.call_id, at=at, kind="follow_up.read",
                           staff_id=reader, facts=facts))  # fmt: skip
    return story


async def _name(work: Work, staff_id: str | None) -> str:
    return (await work.get_one(Staff, staff_id)).name if staff_id else ""


async def _words(work: Work, vault: Vault, follow_up: FollowUp) -> Sequence[WordSaid]:
    query = (
        select(FollowUpWord, Staff.name)
        .join(Staff, col(Staff.id) == col(FollowUpWord.by_id))
        .where(FollowUpWord.follow_up_id == follow_up.id)
        .order_by(col(FollowUpWord.id))
    )
    return [
        WordSaid(kind=row.kind, at=row.at, by=by, words=open_cell(vault, row, "words_sealed"))
        for row, by in (await work.exec(query)).all()
    ]


async def _tries(work: Work, vault: Vault, follow_up: FollowUp) -> Sequence[TryTold]:
    query = (
        select(FollowUpAttempt, Staff.name)
        .join(
            Staff, col(Staff.id) == func.coalesce(FollowUpAttempt.told_by_id, FollowUpAttempt.by_id)
        )
        .where(FollowUpAttempt.follow_up_id == follow_up.id)
        .order_by(col(FollowUpAttempt.number))
    )
    return [
        TryTold(
            number=row.number,
            step=row.step + 1,
            at=row.at,
            by=by,
            outcome=row.outcome,
            found=row.found,
            safety_plan=row.safety_plan,
            linked=row.linked,
            note=open_cell(vault, row, "note_sealed"),
            call_id=row.call_id,
        )
        for row, by in (await work.exec(query)).all()
    ]
