"""What the files said that were put in force, one row a time."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import json_column, one_of


class ConfigurationVersion(SQLModel, table=True):
    """A whole set of files as it was put in force. No row is ever changed: undo adds one.

    `files`: path → text. `told`: what it changed, as `apply` says it. `origin`: from a folder, from
    the administration page, or an earlier version again. `by_id`: nobody where a command did it.
    """

    __tablename__ = "configuration_version"
    __table_args__ = (one_of("origin", "folder", "page", "undo", "trial"),)

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime
    by_id: str | None = Field(default=None, foreign_key="staff.id")
    origin: str
    note: str = ""
    files: dict[str, str] = json_column(dict)
    told: list[str] = json_column(list)


class FormVersion(SQLModel, table=True):
    """A form that records may name, kept for ever. `version` is the hash of what it says."""

    __tablename__ = "form_version"

    version: str = Field(primary_key=True)
    document: dict[str, Any] = json_column(dict)
    first_used_at: datetime
