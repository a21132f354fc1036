"""Columns that several tables share."""

import secrets
from typing import Any

from sqlalchemy import CheckConstraint, Column, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field


def new_id() -> str:
    """A fresh opaque id: 96 random bits as 24 hex digits."""
    return secrets.token_hex(12)


def id_column() -> Any:
    """A primary key that is made by us, before the row is written."""
    return Field(default_factory=new_id, primary_key=True)


def json_column(factory: Any) -> Any:
    """A JSONB column that is never null."""
    return Field(default_factory=factory, sa_column=Column(JSONB, nullable=False))


def made_json_column() -> Any:
    """A JSONB document that begins empty, also for a process that does not know of it yet."""
    column = Column(JSONB, nullable=False, server_default=text("'{}'::jsonb"))
    return Field(default_factory=dict, sa_column=column)


def made_list_column() -> Any:
    """A JSONB list that begins empty, also for a process that does not know of it yet."""
    column = Column(JSONB, nullable=False, server_default=text("'[]'::jsonb"))
    return Field(default_factory=list, sa_column=column)


def channels_column() -> Any:
    """Ways in which somebody is reached, also for a process that does not know of it yet."""
    default = text("'[\"phone\"]'::jsonb")
    column = Column(JSONB, nullable=False, server_default=default)
    return Field(default_factory=lambda: ["phone"], sa_column=column)


def may_be_json_column() -> Any:
    """A JSONB column that is null while nothing is known."""
    return Field(default=None, sa_column=Column(JSONB(none_as_null=True), nullable=True))


def count_column() -> Any:
    """A number that begins at 0, also for a process that does not know of it yet."""
    return Field(default=0, sa_column_kwargs={"server_default": "0"})


def text_column(default: str = "") -> Any:
    """A text with a default, also for a process that does not know of it yet."""
    return Field(default=default, sa_column_kwargs={"server_default": default})


def may_be_text_column(default: str) -> Any:
    """The same, and null while something was asked and is not known."""
    return Field(default=default, nullable=True, sa_column_kwargs={"server_default": default})


def no_column() -> Any:
    """A yes or no that begins as no, also for a process that does not know of it yet."""
    return Field(default=False, sa_column_kwargs={"server_default": "false"})


def yes_column() -> Any:
    """The same that begins as yes."""
    return Field(default=True, sa_column_kwargs={"server_default": "true"})


def may_be_no_column() -> Any:
    """The same that begins as no, and null while something was asked and is not known."""
    return Field(default=False, nullable=True, sa_column_kwargs={"server_default": "false"})


def one_of(column: str, *values: str) -> CheckConstraint:
    """The database itself refuses any other word in this column."""
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} in ({allowed})", name=f"{column}_is_known")


PLACE, OLDER, KEY = "sealed_for", "was_sealed_for", "sealed_key"


def sealed_column(place: str, *, older: str = "") -> Any:
    """A sealed text. `place`: which row and column it is bound to, such as "record.story.{id}".

    `older`: what was sealed in the first version of the form is bound to that.
    """
    how = {"server_default": "", "info": {PLACE: place, OLDER: older}}
    return Field(default="", sa_column_kwargs=how)


def facts_with_sealed(key: str, place: str, *, older: str = "") -> Any:
    """A JSONB column that is never null, where one key holds a sealed text."""
    info = {PLACE: place, OLDER: older, KEY: key}
    return Field(default_factory=dict, sa_column=Column(JSONB, nullable=False, info=info))
