"""From an old key to a new one alone: every sealed cell of every table, beside live traffic."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, Column, Table, insert, text
from sqlalchemy.dialects import postgresql
from sqlmodel import SQLModel

from hotline.errors import SettingsError
from hotline.storage.needed_keys import all_keys_in_use, release_keys, require_keys
from hotline.storage.resealing import Resealed, SealedColumn, reseal_cells, sealed_columns
from hotline.storage.sealed import columns_in, filled
from hotline.storage.session import Database
from hotline.storage.tables.columns import KEY, OLDER, PLACE
from hotline.storage.vault import SealBroken, Vault, make_key
from tests.fakes import NOON

OLD, NEW = make_key(), make_key()
COLUMNS = list(sealed_columns())
NAMES = [one.name for one in COLUMNS]
ROWS = (1, 2, 3)
BY_NUMBER = {
    "case_event.facts": {"case_id", "kind", "at"},
    "escalation_event.facts": {"escalation_id", "kind", "at"},
    "follow_up_word.words_sealed": {"follow_up_id", "kind", "at"},
}
"""Sealed before the row has its number: what they are bound to names the row as well."""

ASKED_FOR: dict[str, dict[str, Any]] = {
    "attachment": {"erased_at": NOON},  # its file has a key of its own
    "consent": {"case_id": "case"},
    "provision": {"case_id": "case", "consent_id": "consent"},
    "statutory_report": {"kind": "emergency", "next_due_at": NOON},
}
"""By a constraint over several columns."""


def words_of(column: SealedColumn, row: int) -> str:
    return f"{column.name} of row {row}"


def a_row(table: Table, number: int) -> dict[str, Any]:
    """Whatever its constraints take."""
    return {
        column.name: _value(table, column, number)
        for column in table.columns
        if column.primary_key or (not column.nullable and column.server_default is None)
    } | ASKED_FOR.get(table.name, {})


def _value(table: Table, column: Column[Any], number: int) -> Any:
    for check in table.constraints:
        said = str(check.sqltext) if isinstance(check, CheckConstraint) else ""
        if said.startswith(f"{column.name} in ("):
            return re.findall(r"'(\w*)'", said)[0]
    made: dict[str, Any] = {
        "INTEGER": number, "BIGINT": number, "BOOLEAN": False, "JSONB": {}, "DATE": NOON.date(),
        "TIMESTAMP WITH TIME ZONE": NOON,
    }  # fmt: skip
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy does not type it
    kind = column.type.compile(dialect=dialect)
    return made.get(kind, f"{column.name}{number}")


class SealedTables:
    """Rows in every table that has a sealed column, written behind the back of foreign keys."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def fill(self, vault: Vault, *, first_version: bool = False) -> None:
        async with self.database.work() as work:
            connection = await work.connection()
            await connection.execute(text("set local session_replication_role = replica"))
            for table in dict.fromkeys(one.table for one in COLUMNS):
                for number in ROWS:
                    row = a_row(table, number)
                    row |= dict(self._cells(vault, table, row, number, first_version=first_version))
                    await connection.execute(insert(table).values(**row))

    def _cells(
        self, vault: Vault, table: Table, row: dict[str, Any], number: int, *, first_version: bool
    ) -> Iterator[tuple[str, Any]]:
        for one in COLUMNS:
            if one.table is not table:
                continue
            for name in columns_in(one.info[PLACE]) + columns_in(one.info[OLDER]):
                row.setdefault(name, _value(table, table.c[name], number))
            older = one.info[OLDER] if first_version else ""
            sealed = vault.seal(words_of(one, number), place=filled(older or one.info[PLACE], row))
            sealed = re.sub("^v2", "v1", sealed) if first_version else sealed
            yield one.column.name, {one.info[KEY]: sealed} if KEY in one.info else sealed

    async def opened(self, vault: Vault, column: SealedColumn) -> list[str]:
        """What stands in a column, in order; `broken` where it does not open."""
        names = {*column.keys, *columns_in(column.info[PLACE]), *columns_in(column.info[OLDER])}
        order = ", ".join(column.keys)
        query = f"""select {", ".join(names)}, {column.cell} as cell
            from "{column.table.name}" order by {order}"""
        async with self.database.work() as work:
            rows = (await work.sql(text(query), {})).mappings().all()
        return [self._open(vault, column, row) for row in rows]

    def _open(self, vault: Vault, column: SealedColumn, row: Any) -> str:
        place, older = filled(column.info[PLACE], row), filled(column.info[OLDER], row)
        try:
            return vault.open(row["cell"], place=place, older=older)
        except SealBroken:
            return "broken"

    async def all_open(self, vault: Vault) -> bool:
        for column in COLUMNS:
            if await self.opened(vault, column) != [words_of(column, row) for row in ROWS]:
                return False
        return True


@pytest.fixture
def sealed(database: Database) -> SealedTables:
    return SealedTables(database)


async def resealed(sealed: SealedTables, vault: Vault) -> tuple[Resealed, list[str]]:
    told: list[str] = []
    return await reseal_cells(sealed.database, vault, tell=told.append), told


# ── the tables ──────────────────────────────────────────────────────────────────────────────────


def test_a_column_that_is_called_sealed_says_what_it_is_bound_to() -> None:
    """So that no new one is forgotten by the rotation."""
    called = {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("_sealed")
    }

    assert called == {name for name in NAMES if name.endswith("_sealed")}
    assert "escalation_event.facts" in NAMES


@pytest.mark.parametrize("column", COLUMNS, ids=NAMES)
def test_a_place_names_the_row_whole_and_no_other_column_has_it(column: SealedColumn) -> None:
    bound_to = set(columns_in(column.info[PLACE]))
    prefixes = [one.info[PLACE].partition("{")[0] for one in COLUMNS]

    assert bound_to == BY_NUMBER.get(column.name, set(column.keys))
    assert len(set(prefixes)) == len(prefixes)


# ── in the database ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.anyio
@pytest.mark.parametrize("first_version", [False, True])
async def test_what_an_old_key_sealed_opens_with_the_new_one_alone(
    sealed: SealedTables,
    *,
    first_version: bool,
) -> None:
    await sealed.fill(Vault(OLD), first_version=first_version)
    assert await sealed.all_open(Vault(f"{NEW},{OLD}"))

    done, told = await resealed(sealed, Vault(f"{NEW},{OLD}"))

    assert await sealed.all_open(Vault(NEW))
    assert (done.cells, done.broken) == (len(COLUMNS) * len(ROWS), [])
    assert f"call.from_sealed: {len(ROWS)}" in told
    again, told = await resealed(sealed, Vault(f"{NEW},{OLD}"))
    assert (again.cells, told) == (0, [])


class Dying(Vault):
    """Is killed when it has sealed so many."""

    left = 7

    def seal(self, text: str, *, place: str) -> str:
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt
        return super().seal(text, place=place)


@pytest.mark.anyio
async def test_whoever_is_killed_in_the_middle_has_only_done_less(
    sealed: SealedTables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hotline.storage.resealing.AT_ONCE", 2)
    await sealed.fill(Vault(OLD))
    with pytest.raises(KeyboardInterrupt):
        await resealed(sealed, Dying(f"{NEW},{OLD}"))
    assert await sealed.all_open(Vault(f"{NEW},{OLD}"))
    assert not await sealed.all_open(Vault(NEW))
    assert not await sealed.all_open(Vault(OLD))  # some was done

    done, _ = await resealed(sealed, Vault(f"{NEW},{OLD}"))

    assert 0 < done.cells < len(COLUMNS) * len(ROWS)
    assert await sealed.all_open(Vault(NEW))


class Overtaken(Vault):
    """While it seals a cell, somebody writes another one there."""

    database: Database

    def open(self, sealed: str, *, place: str, older: str = "") -> str:
        if place == "record.narrative.call_id2" and sealed.split(".")[1] == Vault(OLD).newest_key:
            import psycopg  # noqa: PLC0415 – it stands for another process

            from hotline.storage.connection import dsn  # noqa: PLC0415 – the same

            with psycopg.connect(dsn(self.database.url)) as other:
                new = Vault(NEW).seal("written meanwhile", place=place)
                change = "update record set narrative_sealed = %s where call_id = 'call_id2'"
                other.execute(change, [new])
        return super().open(sealed, place=place, older=older)


@pytest.mark.anyio
async def test_what_is_written_meanwhile_is_not_lost(sealed: SealedTables) -> None:
    await sealed.fill(Vault(OLD))
    vault = Overtaken(f"{NEW},{OLD}")
    vault.database = sealed.database

    await resealed(sealed, vault)

    (record,) = [one for one in COLUMNS if one.name == "record.narrative_sealed"]
    assert (await sealed.opened(Vault(NEW), record))[1] == "written meanwhile"


@pytest.mark.anyio
async def test_what_does_not_open_is_named_and_left_as_it_is(sealed: SealedTables) -> None:
    await sealed.fill(Vault(make_key()))

    done, _ = await resealed(sealed, Vault(f"{NEW},{OLD}"))

    assert done.cells == 0
    assert len(done.broken) == len(COLUMNS) * len(ROWS)
    assert "record_version.narrative_sealed call_id1 1" in done.broken


@pytest.mark.anyio
@pytest.mark.parametrize("column", COLUMNS, ids=NAMES)
async def test_a_cell_that_was_moved_to_another_row_does_not_open(
    sealed: SealedTables, column: SealedColumn
) -> None:
    vault = Vault(OLD)
    await sealed.fill(vault)
    number = column.keys[-1]
    rows = [a_row(column.table, row)[number] for row in ROWS[:2]]
    table, name = column.table.name, column.column.name
    swap = text(f"""
        update "{table}" as one set "{name}" = other."{name}" from "{table}" as other
        where (one.{number}, other.{number}) in ((:a, :b), (:b, :a))
    """)
    async with sealed.database.work() as work:
        assert (await work.sql(swap, {"a": rows[0], "b": rows[1]})).rowcount == 2

    opened = await sealed.opened(vault, column)

    assert opened == ["broken", "broken", words_of(column, 3)]


# ── the start of a process ──────────────────────────────────────────────────────────────────────


async def starts(sealed: SealedTables, keys: str) -> bool:
    try:
        async with sealed.database.work() as work:
            await require_keys(work, Vault(keys), at=NOON)
    except SettingsError as refusal:
        return Vault(OLD).newest_key not in refusal.public
    return True


@pytest.mark.anyio
async def test_nothing_starts_without_a_key_that_something_is_sealed_with(
    sealed: SealedTables,
) -> None:
    await sealed.fill(Vault(OLD))
    assert not await starts(sealed, NEW)  # also where no process has noted anything yet
    assert await starts(sealed, OLD)
    assert await starts(sealed, f"{NEW},{OLD}")
    assert not await starts(sealed, NEW)

    await resealed(sealed, Vault(f"{NEW},{OLD}"))
    async with sealed.database.work() as work:
        left = await all_keys_in_use(work)
        await release_keys(work, left, at=NOON)

    assert left == {Vault(NEW).newest_key}
    assert await starts(sealed, NEW)
    assert await starts(sealed, f"{OLD},{NEW}")  # it seals again
    assert not await starts(sealed, NEW)
