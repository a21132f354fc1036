"""What is read of recorded prompts. Sounds are read apart: they are large."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy.orm import defer
from sqlmodel import col, select

from hotline.errors import NotFound
from hotline.prompts.scripts import NamedLine
from hotline.storage.session import Work
from hotline.storage.tables import Line, PromptRecording, Staff


class ActiveTake(NamedTuple):
    """A take in use. `script`: the words as they stood when it was spoken."""

    language: str
    key: str
    script: str
    sha256: str


class TakeRow(NamedTuple):
    """A take as people see it; `who` is the name of who kept it."""

    id: str
    key: str
    script: str
    sha256: str
    seconds: float
    who: str
    created_at: datetime
    active: bool


def sound_address(sha256: str) -> str:
    """Where the carrier fetches a sound. It names nobody and never changes."""
    return f"/sounds/prompts/{sha256}.wav"


async def active_takes(work: Work) -> Sequence[ActiveTake]:
    """The takes in use, of all languages."""
    row = PromptRecording
    query = select(row.language, row.key, row.script, row.sha256).where(col(row.active))
    return [ActiveTake(*found) for found in (await work.exec(query)).all()]


async def line_names(work: Work) -> Sequence[NamedLine]:
    """What all lines are called."""
    query = select(Line.id, Line.name, Line.name_en).order_by(col(Line.id))
    return [NamedLine(*found) for found in (await work.exec(query)).all()]


async def takes_in(work: Work, language: str, key: str | None = None) -> Sequence[TakeRow]:
    """All takes of a language, or of one key in it, the newest first."""
    row = PromptRecording
    query = (
        select(row, Staff.name)
        .options(defer(cast(Any, row.sound)))
        .join(Staff, col(Staff.id) == row.staff_id)
        .where(row.language == language)
        .order_by(col(row.created_at).desc(), col(row.id))
    )
    if key is not None:
        query = query.where(row.key == key)
    return [
        TakeRow(
            one.id, one.key, one.script, one.sha256, one.seconds, who, one.created_at, one.active
        )
        for one, who in (await work.exec(query)).all()
    ]


async def stored_sound(work: Work, sha256: str) -> bytes:
    """A sound that was ever recorded. Raises `NotFound`."""
    query = select(PromptRecording.sound).where(PromptRecording.sha256 == sha256).limit(1)
    found = (await work.exec(query)).first()
    if found is None:
        raise NotFound
    return found
