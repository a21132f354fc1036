"""What was told of a line in a closed month is told once and kept: whoever takes the month again
takes the same numbers, and cannot see by two of them what one record changed.
"""

import asyncio
from collections.abc import Hashable
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select

from hotline.reports.figures import COUNTED_AS
from hotline.reports.periods import Period
from hotline.reports.queries import FactsWish, facts_of
from hotline.reports.report import ToldNumbers, handed_on_of
from hotline.storage.session import Work
from hotline.storage.tables import ToldMonth


async def told_month(work: Work, line_id: str, month: Period, *, at: datetime) -> ToldNumbers:
    """Counted by whoever asks first, beside the loop; of two at once the first is told to both."""
    found = await _kept(work, line_id, month)
    if found is None:
        facts = await facts_of(work, FactsWish(lines=[line_id], period=month), at=at)
        await work.let_go()
        await _keep(work, line_id, month, await asyncio.to_thread(handed_on_of, facts, month), at)
        found = await _kept(work, line_id, month)
    if found is None:
        raise RuntimeError("a month that was told is gone again")
    return ToldNumbers({_read(name): number for name, number in found.numbers}, found.wait_s)


async def _kept(work: Work, line_id: str, month: Period) -> ToldMonth | None:
    query = select(ToldMonth).where(
        ToldMonth.line_id == line_id,
        ToldMonth.month == month.first,
        ToldMonth.counted_as == COUNTED_AS,
    )
    return (await work.exec(query)).one_or_none()


async def _keep(work: Work, line_id: str, month: Period, told: ToldNumbers, at: datetime) -> None:
    """Numbers of another way of counting are another line of the table, and stay."""
    adding = insert(ToldMonth).values(
        line_id=line_id,
        month=month.first,
        counted_as=COUNTED_AS,
        at=at,
        numbers=[[_written(name), number] for name, number in told.told.items()],
        wait_s=told.wait_s,
    )
    await work.exec(adding.on_conflict_do_nothing())


def _written(name: Hashable) -> Any:
    """A name as JSON has it: a text, or a list of parts."""
    return [_written(part) for part in name] if isinstance(name, tuple) else name


def _read(name: Any) -> Hashable:
    return tuple(_read(part) for part in name) if isinstance(name, list) else name
