"""Seals anew, with the newest key, whatever is sealed with another: while everybody works on.

The tables say themselves which of their columns are sealed and for what. A cell is changed only
where it still is what was read, so nobody waits, nothing that is written meanwhile is lost, and
whoever is killed in the middle has only done less: the next one goes on with what is left.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Table, text
from sqlmodel import SQLModel

from hotline.storage.sealed import columns_in, filled
from hotline.storage.session import Database, Work
from hotline.storage.tables.columns import KEY, OLDER, PLACE
from hotline.storage.vault import VERSION, SealBroken, Vault

AT_ONCE = 200
PASSES = 5  # what is written meanwhile by a process with older settings is found by the next


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column with sealed texts, in the words of SQL."""

    table: Table
    column: Column[Any]

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.table.name}.{self.column.name}"

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that name a row."""
        return tuple(one.name for one in self.table.primary_key)

    @property
    def info(self) -> Mapping[str, str]:
        """What a cell is bound to."""
        return self.column.info

    @property
    def cell(self) -> str:
        """The sealed text."""
        key = self.info.get(KEY)
        return f"\"{self.column.name}\"->>'{key}'" if key else f'"{self.column.name}"'

    @property
    def changed(self) -> str:
        """What its column is set to."""
        key, new = self.info.get(KEY), "cast(:new as text)"
        return f"jsonb_set(\"{self.column.name}\", '{{{key}}}', to_jsonb({new}))" if key else new


def sealed_columns() -> Iterator[SealedColumn]:
    """Of all tables."""
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            if PLACE in column.info:
                yield SealedColumn(table, column)


@dataclass(slots=True)
class Resealed:
    """What came of it. `broken`: cells that do not open, as table, column and row."""

    cells: int = 0
    broken: list[str] = field(default_factory=list)


async def reseal_cells(
    database: Database, vault: Vault, *, tell: Callable[[str], None]
) -> Resealed:
    """All columns, again and again, until none of them holds anything that is to be changed."""
    done = Resealed()
    for _ in range(PASSES):
        before, done.broken = done.cells, []
        for column in sealed_columns():
            changed = await _reseal_column(database, vault, column, done)
            if changed:
                tell(f"{column.name}: {changed}")
        if done.cells == before:
            break
    return done


async def _reseal_column(
    database: Database, vault: Vault, column: SealedColumn, done: Resealed
) -> int:
    begun, after = done.cells, None
    while True:
        async with database.work() as work:
            rows = await _batch(work, vault, column, after)
        for row in rows:
            await _reseal_cell(database, vault, column, row, done)
        if not rows:
            return done.cells - begun
        after = {name: rows[-1][name] for name in column.keys}


async def _batch(
    work: Work, vault: Vault, column: SealedColumn, after: Mapping[str, Any] | None
) -> Sequence[Mapping[Any, Any]]:
    """The next rows that are sealed with another key, or in the older form."""
    keys = ", ".join(f'"{name}"' for name in column.keys)
    wanted = {*column.keys, *columns_in(column.info[PLACE]), *columns_in(column.info[OLDER])}
    later = f"and ({keys}) > ({', '.join(f':{name}' for name in column.keys)})" if after else ""
    names = ", ".join(f'"{name}"' for name in sorted(wanted))
    query = text(f"""
        select {names}, {column.cell} as cell from "{column.table.name}"
        where {column.cell} <> '' and not starts_with({column.cell}, :newest) {later}
        order by {keys} limit :at_once
    """)  # noqa: S608 – names of our own tables
    values = {"newest": f"{VERSION}.{vault.newest_key}.", "at_once": AT_ONCE, **(after or {})}
    return (await work.sql(query, values)).mappings().all()


async def _reseal_cell(
    database: Database, vault: Vault, column: SealedColumn, row: Mapping[Any, Any], done: Resealed
) -> None:
    """In a unit of work of its own: two rows held at once could stand against somebody's two."""
    key = {name: row[name] for name in column.keys}
    place = filled(column.info[PLACE], row)
    try:
        said = vault.open(row["cell"], place=place, older=filled(column.info[OLDER], row))
    except SealBroken:
        done.broken.append(f"{column.name} {' '.join(map(str, key.values()))}")
        return
    same = " and ".join(f'"{name}" = :{name}' for name in column.keys)
    change = text(f"""
        update "{column.table.name}" set "{column.column.name}" = {column.changed}
        where {same} and {column.cell} = :old
    """)  # noqa: S608 – names of our own tables
    new = vault.seal(said, place=place)
    async with database.work() as work:
        done.cells += (await work.sql(change, {**key, "old": row["cell"], "new": new})).rowcount


async def keys_in_use(work: Work) -> Counter[str]:
    """How many cells each key has sealed, by its id. Looks at every sealed cell there is."""
    found: Counter[str] = Counter()
    for column in sealed_columns():
        query = text(f"""
            select split_part({column.cell}, '.', 2) as key_id, count(*) as cells
            from "{column.table.name}" where {column.cell} <> '' group by 1
        """)  # noqa: S608 – names of our own tables
        found.update({row.key_id: row.cells for row in (await work.sql(query, {})).all()})
    return found
