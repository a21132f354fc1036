"""Rows brought to what the files say, and the columns that changed."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import SQLModel

from hotline.storage.session import Work


def changed(row: SQLModel, fields: Mapping[str, Any]) -> list[str]:
    """The columns that had another value. They have the new one now."""
    names = [name for name, value in fields.items() if getattr(row, name) != value]
    for name in names:
        setattr(row, name, fields[name])
    return names


def told(what: str, names: list[str]) -> list[str]:
    """What is said of a row whose columns changed."""
    return [f"{what}: {', '.join(names)} changed"] if names else []


async def put(work: Work, table: type[SQLModel], key: str, fields: Mapping[str, Any]) -> list[str]:
    """A row of a table that is known by `id`, new or changed. What is said of it."""
    what = f"{table.__name__.lower()} {key}"
    row = await work.get(table, key)
    if row is not None:
        return told(what, changed(row, fields))
    work.add(table(id=key, **fields))
    return [f"{what}: added"]
