"""Of each line, what must be known while the database cannot be asked.

Kept by the process that answers callers: read at its start, whenever another configuration comes
into force, now and then all the same, and with each caller who is taken in; and on disk, for one
that starts while the database is away.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from hotline.errors import DatabaseAway
from hotline.lines.flows import flow_of
from hotline.lines.known_file import KnownLinesFile
from hotline.numbers import as_dialled
from hotline.storage.news import NextChanges, until_told
from hotline.storage.session import Database, Work
from hotline.storage.tables import Line, PhoneNumber

log = structlog.get_logger()

CONCERNED = frozenset({"configuration", "resync"})


@dataclass(frozen=True, slots=True)
class KnownLine:
    """Who answers for a line when nothing of ours does, and which words mean danger on it."""

    duty_phone: str = ""
    danger_words: tuple[str, ...] = ()


class KnownLines:
    """The lines as they were last read, by the numbers that reach them."""

    def __init__(self, file: KnownLinesFile | None = None) -> None:
        """Before the first reading is known what `file` holds; without one, nothing."""
        self._file = file
        self._on_disk: Mapping[str, Mapping[str, object]] = file.read() if file is not None else {}
        self._by_number = {number: _line_of(said) for number, said in self._on_disk.items()}
        self._rows: dict[str, Line] = {}

    def of_number(self, number: str) -> KnownLine:
        """The line behind a number that was read or dialled before, however it is written."""
        return self._by_number.get(as_dialled(number), KnownLine())

    def row_of_number(self, number: str) -> Line | None:
        """The line as it was last read. Whoever builds on it asks the database whether it holds."""
        return self._rows.get(as_dialled(number))

    def is_ours(self, number: str) -> bool:
        """Whether a line of ours is reached by it: no caller's own number."""
        return as_dialled(number) in self._by_number

    def remember(self, number: str, line: Line) -> None:
        """A number just reached this line."""
        self._rows[as_dialled(number)] = line
        self._by_number[as_dialled(number)] = KnownLine(line.duty_phone, flow_of(line).danger_words)

    async def read(self, work: Work) -> None:
        """Read all of them."""
        query = select(PhoneNumber.number, Line).join(Line, col(Line.id) == PhoneNumber.line_id)
        for number, line in (await work.exec(query)).all():
            self.remember(number, line)

    async def keep_fresh(self, database: Database, next_changes: NextChanges) -> None:
        """Read them again and again until cancelled. What was known stays where that fails."""
        while True:
            try:
                async with database.work() as work:
                    await self.read(work)
                await self._keep()
            except (DatabaseAway, SQLAlchemyError, OSError) as fault:
                log.warning("lines.not_read", error=type(fault).__name__)
            await until_told(next_changes, CONCERNED)

    async def _keep(self) -> None:
        """For the next process, where it differs from what is on disk. Raises `OSError`."""
        known = {number: asdict(line) for number, line in self._by_number.items()}
        if self._file is not None and known != self._on_disk:
            await asyncio.to_thread(self._file.write, known)
            self._on_disk = known


def _line_of(said: Mapping[str, Any]) -> KnownLine:
    return KnownLine(said.get("duty_phone", ""), tuple(said.get("danger_words", ())))
