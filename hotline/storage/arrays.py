"""Conditions with many values."""

from collections.abc import Collection

from sqlalchemy import ARRAY, ColumnElement, Text, any_, literal
from sqlalchemy.orm import Mapped


def among(column: Mapped[str], values: Collection[str]) -> ColumnElement[bool]:
    """Whether a column of text is one of these, for hundreds of them: all are one parameter.

    `in_` writes one for each, and the statement anew for each count of them.
    """
    return column == any_(literal(list(values), ARRAY(Text)))
