"""Of each line, what must be known while the database cannot be asked.

Kept by the process that answers callers: read at its start, every half minute, and with each
caller who is taken in.
"""

import asyncio
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from hotline.errors import DatabaseAway
from hotline.lines.flows import flow_of
from hotline.numbers import as_dialled
from hotline.storage.session import Database, Work
from hotline.storage.tables import Line, PhoneNumber

log = structlog.get_logger()

READ_AGAIN_S = 30


@dataclass(frozen=True, slots=True)
class KnownLine:
    """Who answers for a line when nothing of ours does, and which words mean danger on it."""

    duty_phone: str = ""
    danger_words: tuple[str, ...] = ()


class KnownLines:
    """The lines as they were last read, by the numbers that reach them."""

    def __init__(self) -> None:
        """Nothing is known before the first reading."""
        self._by_number: dict[str, KnownLine] = {}

    def of_number(self, number: str) -> KnownLine:
        """The line behind a number that was read or dialled before, however it is written."""
        return self._by_number.get(as_dialled(number), KnownLine())

    def remember(self, number: str, line: Line) -> None:
        """A number just reached this line."""
        self._by_number[as_dialled(number)] = KnownLine(line.duty_phone, flow_of(line).danger_words)

    async def read(self, work: Work) -> None:
        """Read all of them."""
        query = select(PhoneNumber.number, Line).join(Line, col(Line.id) == PhoneNumber.line_id)
        for number, line in (await work.exec(query)).all():
            self.remember(number, line)

    async def keep_fresh(self, database: Database, *, every_s: float = READ_AGAIN_S) -> None:
        """Read them again and again until cancelled. What was known stays where that fails."""
        while True:
            try:
                async with database.work() as work:
                    await self.read(work)
            except (DatabaseAway, SQLAlchemyError, OSError) as fault:
                log.warning("lines.not_read", error=type(fault).__name__)
            await asyncio.sleep(every_s)
