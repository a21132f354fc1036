"""Sealed cells: each is bound to its row and its column, as its table says (`sealed_column`).

Whoever moves one elsewhere, even within the same row, has something that does not open.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from string import Formatter
from typing import Any

from sqlmodel import SQLModel

from hotline.storage.tables.columns import OLDER, PLACE
from hotline.storage.vault import Vault


def place_in(table: type[SQLModel], column: str, **row: Any) -> str:
    """What a cell is bound to. `row`: the columns that its table asks for."""
    return filled(_info(table, column)[PLACE], row)


def seal_cell(vault: Vault, row: SQLModel, column: str, said: str) -> str:
    """Encrypt for a cell of a row whose key is known already."""
    return vault.seal(said, place=_of_row(_info(type(row), column)[PLACE], row))


def open_cell(vault: Vault, row: SQLModel, column: str) -> str:
    """Decrypt a cell. Raises `SealBroken`."""
    return open_sealed(vault, row, column, getattr(row, column))


def open_sealed(vault: Vault, row: SQLModel, column: str, sealed: str) -> str:
    """The same of what stands inside a column. Raises `SealBroken`."""
    info = _info(type(row), column)
    return vault.open(sealed, place=_of_row(info[PLACE], row), older=_of_row(info[OLDER], row))


def filled(place: str, row: Mapping[str, Any]) -> str:
    """With the columns of a row. Times are written in one way, wherever they come from."""
    return place.format(**{name: _written(value) for name, value in row.items()})


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value


@cache
def columns_in(place: str) -> tuple[str, ...]:
    """The columns of a row that it is bound to by this place."""
    return tuple(name for _, name, _, _ in Formatter().parse(place) if name)


def _of_row(place: str, row: SQLModel) -> str:
    return filled(place, {name: getattr(row, name) for name in columns_in(place)})


def _info(table: type[SQLModel], column: str) -> Mapping[str, str]:
    info: Mapping[str, str] = SQLModel.metadata.tables[str(table.__tablename__)].c[column].info
    return info
