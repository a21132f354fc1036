"""The configuration in force: its versions, a check of what is to come, and undo."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from hotline.configuration.load import Configuration
from hotline.configuration.sets import (
    Fault,
    Files,
    changes_between,
    faults_of,
    load_files,
    places_of,
)
from hotline.configuration.telling import in_words
from hotline.configuration.versions import (
    MOVED_ON,
    NewVersion,
    VersionOrigin,
    differences_of,
    list_versions,
    newest_version,
    put_in_force,
    require_version,
)
from hotline.errors import ConfigError, Conflict
from hotline.i18n.catalog import speaking
from hotline.i18n.faults import fault_in_words
from hotline.storage.session import Work
from hotline.storage.tables import ConfigurationVersion
from hotline.web.api.refusals import refuses
from hotline.web.auth import Administrator, ConfirmedAdministrator
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

router = APIRouter(tags=["configuration"], route_class=IdempotentRoute)

LISTED = 50
REFUSALS = refuses(MOVED_ON, kind="Conflict")
EXAMPLE: JsonDict = {"base": 1, "files": {"plans/youth-12355.yaml": "crisis: …"}}


class DraftIn(BaseModel):
    """`base`: the version that was edited. `files`: those that were changed, path → text.

    Null instead of a text takes the file away. `language`: in which everything is told.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    base: int
    files: dict[str, str | None] = Field(default={}, max_length=200)
    language: Literal["zh", "en"] = "en"

    def over(self, before: Files) -> dict[str, str]:
        """The whole set with the draft in it."""
        files = {**before, **self.files}
        return {path: text for path, text in files.items() if text is not None}


class SetIn(DraftIn):
    """`note`: why, for the history."""

    note: str = Field(default="", max_length=200)


class BringBackIn(BaseModel):
    """`number`: the version to be put in force again; `base`: the newest one that was seen."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"base": 2, "number": 1}]})

    base: int
    number: int


class FaultOut(BaseModel):
    """`line`: 0 where none is known; `path`: empty where none is."""

    path: str
    line: int
    said: str


class ChangeOut(BaseModel):
    """A file that differs, as lines of a unified diff."""

    path: str
    lines: Sequence[str]


class CheckOut(BaseModel):
    """`faults`: with any, nothing can be put in force. `differences`: what would change."""

    faults: Sequence[FaultOut] = ()
    warnings: Sequence[FaultOut] = ()
    differences: Sequence[str] = ()
    changes: Sequence[ChangeOut] = ()


class VersionOut(BaseModel):
    """`by_id`: empty where a command did it."""

    number: int
    at: datetime
    by_id: str | None
    origin: str
    note: str
    told: Sequence[str]


class ConfigurationOut(BaseModel):
    """`files`: those in force; none before the first `hotline apply`. Newest version first."""

    files: dict[str, str]
    versions: Sequence[VersionOut]


class NowOut(BaseModel):
    """The number in force; the same as before where nothing was changed."""

    number: int
    differences: Sequence[str]


@router.get("/configuration")
async def configuration(work: WorkDep, _who: Administrator) -> ConfigurationOut:
    """The files in force, and the newest versions."""
    versions = await list_versions(work, limit=LISTED)
    return ConfigurationOut(
        files=versions[0].files if versions else {},
        versions=[VersionOut.model_validate(one, from_attributes=True) for one in versions],
    )


@router.post("/configuration/check", responses=REFUSALS)
async def check(
    backend: BackendDep, work: CommandWork, _who: Administrator, draft: DraftIn
) -> CheckOut:
    """What would come of a draft: faults by file and line, or what it would change."""
    before = await base_of(work, draft.base)
    return await looked_through(work, before, draft, at=backend.clock.now())


async def looked_through(
    work: Work, before: ConfigurationVersion, draft: DraftIn, *, at: datetime
) -> CheckOut:
    """The faults of a draft, or what it would change."""
    files = draft.over(before.files)
    changes = [ChangeOut(**asdict(one)) for one in changes_between(before.files, files)]
    try:
        wanted = await _loaded(files)
    except ConfigError as refusal:
        return CheckOut(faults=_out(faults_of(refusal), draft.language), changes=changes)
    told = await differences_of(work, wanted, at=at)
    return CheckOut(
        warnings=_out(places_of(wanted.warnings), draft.language),
        differences=_in_words(told, draft.language),
        changes=changes,
    )


def _out(faults: Sequence[Fault], language: str) -> list[FaultOut]:
    with speaking(language):
        return [
            FaultOut(path=one.path, line=one.line, said=fault_in_words(one.said)) for one in faults
        ]


@router.post("/configuration", responses=REFUSALS)
async def put(
    backend: BackendDep, work: CommandWork, who: ConfirmedAdministrator, draft: SetIn
) -> NowOut:
    """Put a draft in force, where what it was made from still is."""
    before = await base_of(work, draft.base)
    files = draft.over(before.files)
    new = NewVersion(
        files=files,
        wanted=await _loaded(files),
        origin=VersionOrigin.PAGE,
        by_id=who.staff_id,
        note=draft.note,
        base=draft.base,
    )
    return await _put(work, new, draft.language, at=backend.clock.now())


@router.post("/configuration/undo", responses=REFUSALS)
async def undo(
    backend: BackendDep, work: CommandWork, who: ConfirmedAdministrator, it: BringBackIn
) -> NowOut:
    """Put an earlier version in force again, as a new one: nothing leaves the history."""
    await base_of(work, it.base)
    earlier = await require_version(work, it.number)
    new = NewVersion(
        files=earlier.files,
        wanted=await _loaded(earlier.files),
        origin=VersionOrigin.UNDO,
        by_id=who.staff_id,
        note=f"v{it.number}",
        base=it.base,
    )
    return await _put(work, new, "en", at=backend.clock.now())


async def _put(work: Work, new: NewVersion, language: str, *, at: datetime) -> NowOut:
    told = await put_in_force(work, new, at=at)
    newest = await newest_version(work)
    number = newest.number if newest is not None else 0
    return NowOut(number=number, differences=_in_words(told, language))


async def base_of(work: Work, number: int) -> ConfigurationVersion:
    """The version a draft was made from. Raises `Conflict` where it is the newest no more."""
    newest = await newest_version(work)
    if newest is None or newest.number != number:
        raise Conflict(MOVED_ON)
    return newest


async def _loaded(files: Files) -> Configuration:
    """Beside the event loop: the check of the plans takes its time. Raises `ConfigError`."""
    return await asyncio.to_thread(load_files, files)


def _in_words(told: Sequence[str], language: str) -> list[str]:
    with speaking(language):
        return [in_words(one) for one in told]
