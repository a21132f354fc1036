"""What counselors are told on the desk, and that they have read it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import col, func, select

from hotline.errors import NotFound
from hotline.storage.session import Work
from hotline.storage.tables import Notice, Staff, SupervisorAct


class NoticeKind(StrEnum):
    """What a notice is about."""

    MESSAGE = "message"
    PRESENCE = "presence"
    SKILLS = "skills"
    CALLER = "caller"
    LINE = "line"
    UNDONE = "undone"
    CALLBACK = "callback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What is said, for the reason the supervisor wrote. `facts`: as `Notice` keeps them."""

    kind: NoticeKind
    text: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A notice as its reader sees it. `by`: who wrote it or did what it tells of."""

    id: str
    by: str
    at: datetime
    kind: str
    text: str
    facts: dict[str, Any]


def tell(
    work: Work, act: SupervisorAct, people: Iterable[str], told: Telling, *, at: datetime
) -> None:
    """Put it on the desks of these people. Nobody is told of what they did themselves."""
    for staff_id in sorted({*people} - {act.by_id}):
        work.add(
            Notice(
                staff_id=staff_id,
                act_id=act.id,
                by_id=act.by_id,
                at=at,
                kind=told.kind,
                text=told.text,
                facts=dict(told.facts),
            )
        )
        work.announce("notice", staff_id)


async def take_back(work: Work, act: SupervisorAct, *, by_id: str, at: datetime) -> int:
    """An act is undone: who has not read of it need not; who has is told. How many had not."""
    notices = await _notices_of(work, act)
    unread = [one for one in notices if one.read_at is None]
    for one in notices:
        if one.read_at is None:
            one.read_at = at
        else:
            facts = {"of": one.kind}
            work.add(
                Notice(
                    staff_id=one.staff_id,
                    act_id=act.id,
                    by_id=by_id,
                    at=at,
                    kind=NoticeKind.UNDONE,
                    facts=facts,
                )
            )
        work.announce("notice", one.staff_id)
    return len(unread)


async def _notices_of(work: Work, act: SupervisorAct) -> Sequence[Notice]:
    query = select(Notice).where(Notice.act_id == act.id).order_by(col(Notice.staff_id))
    return (await work.exec(query.with_for_update())).all()


async def unread_notices(work: Work, staff_id: str) -> list[Unread]:
    """What somebody has still to read, the oldest first."""
    query = (
        select(Notice, Staff.name)
        .join(Staff, col(Staff.id) == col(Notice.by_id))
        .where(Notice.staff_id == staff_id, col(Notice.read_at).is_(None))
        .order_by(col(Notice.at), col(Notice.id))
    )
    return [
        Unread(id=row.id, by=by, at=row.at, kind=row.kind, text=row.text, facts=row.facts)
        for row, by in (await work.exec(query)).all()
    ]


async def mark_read(work: Work, notice_id: str, staff_id: str, *, at: datetime) -> None:
    """They have read it; again: fine. Raises `NotFound` for what was told to somebody else."""
    notice = await work.get(Notice, notice_id, with_for_update=True)
    if notice is None or notice.staff_id != staff_id:
        raise NotFound
    if notice.read_at is None:
        notice.read_at = at
        work.announce("notice", staff_id)
        work.announce("act", notice.act_id)


async def readers(work: Work, act_ids: Iterable[str]) -> dict[str, tuple[int, int]]:
    """By act: how many were told, and how many of them have read it."""
    query = (
        select(Notice.act_id, func.count(), func.count(col(Notice.read_at)))
        .where(col(Notice.act_id).in_(list(act_ids)), Notice.kind != NoticeKind.UNDONE)
        .group_by(col(Notice.act_id))
    )
    return {act: (told, read) for act, told, read in (await work.exec(query)).all()}
