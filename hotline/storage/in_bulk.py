"""Questions for hundreds of rows, and by hundreds of values."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, DateTime, Text, TypeCoerce, any_, literal, type_coerce
from sqlalchemy.orm import Mapped


def among(column: Mapped[str], values: Collection[str]) -> ColumnElement[bool]:
    """Whether a column of text is one of these, for hundreds of them: all are one parameter.

    `in_` writes one for each, and the statement anew for each count of them.
    """
    return column == any_(literal(list(values), ARRAY(Text)))


def moments(column: Mapped[Any]) -> TypeCoerce[Any]:
    """A column of moments as the database gives them, in UTC: the model's own type turns each to
    UTC once more.
    """
    return type_coerce(column, DateTime(timezone=True))
