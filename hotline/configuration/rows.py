"""Rows brought to what the files say, and the columns that changed."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import SQLModel


def changed(row: SQLModel, fields: Mapping[str, Any]) -> list[str]:
    """The columns that had another value. They have the new one now."""
    names = [name for name, value in fields.items() if getattr(row, name) != value]
    for name in names:
        setattr(row, name, fields[name])
    return names


def told(what: str, names: list[str]) -> list[str]:
    """What is said of a row whose columns changed."""
    return [f"{what}: {', '.join(names)} changed"] if names else []
