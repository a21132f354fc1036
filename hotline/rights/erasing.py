"""Empties every cell about a call or a case, and writes down that it did.

Rows, codes and times stay: they count, and name nobody. Sounds go the way of every recording, with
its own proof.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Table, text, update
from sqlmodel import col

from hotline.quality.withdrawing import withdraw_reviews
from hotline.recordings.consent import erase_soon
from hotline.rights.belonging import CALL, CASE, WayToRow, cells_of, plain_of
from hotline.staff.actor import Actor
from hotline.storage.resealing import SealedColumn
from hotline.storage.session import Work
from hotline.storage.tables import Call, CallerBlock, Case, Erasure
from hotline.storage.tables.columns import KEY

AT_ONCE = frozenset({"text_message.body_sealed"})
"""What no rule says must be kept: of the words; and the sounds. The rest is the register, §1.5."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureOrder:
    """By which rule, on whose word, when. `kept_days`: how long it had to be kept."""

    why: str
    by: Actor
    at: datetime
    kept_days: int
    request_id: str | None = None


@dataclass(slots=True)
class Emptied:
    """What was emptied: cells by column, and the names of all of them."""

    cells: Counter[str] = field(default_factory=Counter)
    names: list[str] = field(default_factory=list)

    def take(self, column: str, rows: Collection[str]) -> None:
        """These rows of a column."""
        self.cells[column] += len(rows)
        self.names += [f"{column} {row}" for row in rows]

    @property
    def digest(self) -> str:
        """The same for the same cells, in whatever order they were emptied."""
        return hashlib.sha256("\n".join(sorted(self.names)).encode()).hexdigest()


async def erase_call(work: Work, call: Call, order: ErasureOrder) -> Erasure:
    """All that is sealed about a call, its sounds, and reviews that are owed. It is held."""
    emptied = await _empty(work, CALL, {call.id}, lambda _: True)
    await _lift_blocks(work, call)
    for table, column, way in plain_of(CALL):
        emptied.take(f"{table.name}.{column}", await _clear(work, table, column, way, {call.id}))
    sounds = await erase_soon(work, call, at=order.at, staff_id=None)
    call.erased_at = order.at
    await withdraw_reviews(work, call, at=order.at)
    await work.refresh(call, ["from_sealed", "sent_sealed", "from_index", "from_masked"])
    return _proof(work, ("call", call.id, call.line_id), emptied, order, sounds=sounds)


async def _lift_blocks(work: Work, call: Call) -> None:
    """Without its number a block blocks nobody, and a line has one alive for each number."""
    alive = update(CallerBlock).where(
        col(CallerBlock.call_id) == call.id, col(CallerBlock.lifted_at).is_(None)
    )
    await work.exec(alive.values(lifted_at=CallerBlock.until))


async def erase_what_need_not_be_kept(work: Work, call: Call, order: ErasureOrder) -> Erasure:
    """Sounds, and the words of texts: nothing says that these must be kept for three years."""
    emptied = await _empty(work, CALL, {call.id}, lambda column: column.name in AT_ONCE)
    sounds = await erase_soon(work, call, at=order.at, staff_id=None)
    return _proof(work, ("call", call.id, call.line_id), emptied, order, sounds=sounds)


async def erase_case(work: Work, case: Case, ids: Collection[str], order: ErasureOrder) -> Erasure:
    """All that is sealed about a case and those merged into it. Its calls go by their own time."""
    emptied = await _empty(work, CASE, ids, lambda _: True)
    for table, column, way in plain_of(CASE):
        emptied.take(f"{table.name}.{column}", await _clear(work, table, column, way, ids))
    case.erased_at = order.at
    return _proof(work, ("case", case.id, case.line_id), emptied, order, sounds=0)


async def _empty(
    work: Work, target: str, ids: Collection[str], wanted: Callable[[SealedColumn], bool]
) -> Emptied:
    emptied = Emptied()
    for column, way in cells_of(target):
        if wanted(column):
            emptied.take(column.name, await _empty_column(work, column, way, ids))
    return emptied


async def _empty_column(
    work: Work, column: SealedColumn, way: WayToRow, ids: Collection[str]
) -> list[str]:
    key, name = column.info.get(KEY), column.column.name
    empty = f"\"{name}\" - '{key}'" if key else "''"
    change = f"set \"{name}\" = {empty} where {column.cell} <> '' and {way.condition}"
    return await _changed(work, column.table, change, ids)


async def _clear(
    work: Work, table: Table, column: str, way: WayToRow, ids: Collection[str]
) -> list[str]:
    change = f"set \"{column}\" = '' where \"{column}\" <> '' and {way.condition}"
    return await _changed(work, table, change, ids)


async def _changed(work: Work, table: Table, change: str, ids: Collection[str]) -> list[str]:
    """The names of the rows that were changed."""
    names = " || ' ' || ".join(f'"{one.name}"::text' for one in table.primary_key)
    statement = text(f'update "{table.name}" {change} returning {names}')
    return [str(name) for name in (await work.sql(statement, {"ids": list(ids)})).scalars()]


def _proof(
    work: Work, of: tuple[str, str, str], emptied: Emptied, order: ErasureOrder, *, sounds: int
) -> Erasure:
    kind, subject_id, line_id = of
    proof = Erasure(
        line_id=line_id,
        subject_kind=kind,
        subject_id=subject_id,
        why=order.why,
        request_id=order.request_id,
        actor=str(order.by),
        at=order.at,
        kept_days=order.kept_days,
        what={name: cells for name, cells in sorted(emptied.cells.items()) if cells},
        sounds=sounds,
        digest=emptied.digest,
    )
    work.add(proof)
    work.announce(kind, subject_id)
    return proof
