"""Changes by form: a few values of one line, person or station, written into the file's text."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from hotline.configuration.beside import CALENDAR, fields_beside
from hotline.configuration.edits import file_with, place_of, set_calendar, set_fields
from hotline.configuration.sets import Fault
from hotline.web.api.configuration import (
    REFUSALS,
    CheckOut,
    DraftIn,
    FaultOut,
    base_of,
    looked_through,
)
from hotline.web.auth import Administrator
from hotline.web.deps import BackendDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

router = APIRouter(tags=["configuration"], route_class=IdempotentRoute)

EXAMPLE: JsonDict = {
    "base": 1,
    "part": "lines",
    "key": "youth-12355",
    "fields": {"duty_phone": "02000000019"},
}


class EditIn(BaseModel):
    """`fields`: what was changed, as it is called in the file; null takes it away.

    `recording.keep_days` is one of a part. `calendar`: with a line, the dates that count for it.
    `shown`: the fields of the form; a fault can stand beside one that was not changed.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    base: int
    part: Literal["lines", "staff", "stations"]
    key: str = Field(min_length=1, max_length=60)
    fields: dict[str, Any] = Field(default={}, max_length=60)
    shown: list[str] = Field(default=[], max_length=60)
    language: Literal["zh", "en"] = "en"


class FieldFaultOut(FaultOut):
    """`field`: beside which it stands; empty where beside none."""

    field: str = ""


class EditOut(CheckOut):
    """`files`: the new text, path → text, as `POST /configuration` takes it."""

    faults: Sequence[FieldFaultOut] = ()
    files: dict[str, str] = Field(default={})


@router.post("/configuration/edit", responses=REFUSALS)
async def edit(backend: BackendDep, work: CommandWork, _who: Administrator, it: EditIn) -> EditOut:
    """What would come of it: the file's new text, its faults by field, or what it would change."""
    before = await base_of(work, it.base)
    path = await asyncio.to_thread(file_with, before.files, it.part, it.key)
    text = await asyncio.to_thread(_edited, before.files[path], it)
    files = {path: text}
    draft = DraftIn(base=it.base, files={**files}, language=it.language)
    told = await looked_through(work, before, draft, at=backend.clock.now())
    values = told.model_dump() | {"faults": _beside(told.faults, (path, text), it)}
    return EditOut(**values, files=files)


def _edited(text: str, it: EditIn) -> str:
    fields = dict(it.fields)
    days = fields.pop(CALENDAR, ()) if it.part == "lines" else ()
    if CALENDAR in it.fields and it.part == "lines":
        text = set_calendar(text, it.key, days or [])
    return set_fields(text, it.part, it.key, fields)


def _beside(faults: Sequence[FaultOut], file: tuple[str, str], it: EditIn) -> list[FieldFaultOut]:
    place = place_of(file[1], it.part, it.key) or 0
    plain = [Fault(one.path, one.line, one.said) for one in faults]
    fields = fields_beside(plain, file, (it.part, place), it.shown or list(it.fields))
    return [
        FieldFaultOut(**asdict(fault), field=field)
        for fault, field in zip(plain, fields, strict=True)
    ]
