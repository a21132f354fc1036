"""Questions for hundreds of rows, and by hundreds of values."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Text,
    TypeCoerce,
    any_,
    bindparam,
    literal,
    type_coerce,
)
from sqlalchemy.orm import Mapped


def among(column: Mapped[str], values: Collection[str]) -> ColumnElement[bool]:
    """Whether a column of text is one of these, for hundreds of them: all are one parameter.

    `in_` writes one for each, and the statement anew for each count of them.
    """
    return column == any_(literal(list(values), ARRAY(Text)))


def among_given(column: Mapped[str], name: str) -> ColumnElement[bool]:
    """The same in a statement that is built once: which ones is said when it is executed."""
    return column == any_(bindparam(name, type_=ARRAY(Text)))


def moments(column: Mapped[Any]) -> TypeCoerce[Any]:
    """A column of moments as the database gives them, in UTC: the model's own type turns each to
    UTC once more.
    """
    return type_coerce(column, DateTime(timezone=True))
