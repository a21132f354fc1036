"""Puts a set of files in force and keeps it as a version; an earlier one can come back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import structlog
from sqlmodel import col, func, select

from hotline.audit.model import ActKind, NewAct, SubjectKind
from hotline.audit.service import record_act
from hotline.configuration.apply import apply
from hotline.configuration.load import Configuration, load_folder
from hotline.configuration.sets import Files, load_files, read_files
from hotline.errors import ConfigError, Conflict, LocksYouOut, NotFound
from hotline.staff.model import Role
from hotline.storage.session import Work
from hotline.storage.tables import ConfigurationVersion, Staff

log = structlog.get_logger()

ONE_AT_A_TIME = 0x636F6E66  # the advisory lock of whoever puts a version in force
MOST_VERSIONS = 2**31 - 1
MOVED_ON = "Another version was put in force in the meantime. Look at it, then begin from there."


class VersionOrigin(StrEnum):
    """Where a version came from."""

    FOLDER = "folder"
    PAGE = "page"
    UNDO = "undo"
    TRIAL = "trial"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """What is to be put in force. `base`: the version it was made from; None takes any.

    `wanted`: the files as they were read and found without fault.
    """

    files: Files
    wanted: Configuration
    origin: VersionOrigin
    by_id: str | None = None
    note: str = ""
    base: int | None = None


async def newest_version(work: Work) -> ConfigurationVersion | None:
    """What is in force. None before the first `hotline apply`."""
    query = select(ConfigurationVersion).order_by(col(ConfigurationVersion.number).desc())
    return (await work.exec(query.limit(1))).first()


async def list_versions(work: Work, *, limit: int) -> Sequence[ConfigurationVersion]:
    """The newest first."""
    query = select(ConfigurationVersion).order_by(col(ConfigurationVersion.number).desc())
    return (await work.exec(query.limit(limit))).all()


async def version_before(work: Work, number: int) -> ConfigurationVersion | None:
    """What was in force before this version."""
    return await work.get(ConfigurationVersion, number - 1)


async def require_version(work: Work, number: int) -> ConfigurationVersion:
    """A kept version. Raises `NotFound`."""
    known = 0 < number <= MOST_VERSIONS  # beyond, the database has no such number
    found = await work.get(ConfigurationVersion, number) if known else None
    if found is None:
        raise NotFound(f"There is no version {number} of the configuration.")
    return found


async def put_in_force(work: Work, new: NewVersion, *, at: datetime) -> list[str]:
    """Apply and keep. Returns the differences.

    Raises `Conflict` where `base` is not the newest, `LocksYouOut` where `by_id` could not go on.

    Nothing is kept where neither the files nor what is in force changed.
    """
    await work.exec(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
    before = await newest_version(work)
    if new.base is not None and (before is None or before.number != new.base):
        raise Conflict(MOVED_ON)
    told = await apply(work, new.wanted, at=at)
    if new.by_id is not None:
        await _still_administers(work, new.by_id)
    if told or before is None or before.files != new.files:
        await _keep(work, new, told, number=before.number + 1 if before else 1, at=at)
    return told


async def _still_administers(work: Work, staff_id: str) -> None:
    person = await work.get_one(Staff, staff_id)
    if not person.active or Role.ADMIN not in person.roles:
        raise LocksYouOut


async def _keep(work: Work, new: NewVersion, told: list[str], *, number: int, at: datetime) -> None:
    version = ConfigurationVersion(
        number=number,
        at=at,
        by_id=new.by_id,
        origin=new.origin,
        note=new.note,
        files=dict(new.files),
        told=told,
    )
    work.add(version)
    work.announce("configuration", "applied")
    await work.flush()
    log.info("configuration.in_force", version=number, origin=new.origin, by_id=new.by_id)
    if new.by_id is not None:
        await record_act(work, _act(new, new.by_id, number), at=at)


def _act(new: NewVersion, by_id: str, number: int) -> NewAct:
    """Supervisors of every line see it, since any line may have changed."""
    return NewAct(
        by_id=by_id,
        kind=ActKind.CONFIGURATION_SET,
        subject=SubjectKind.CONFIGURATION,
        subject_id=str(number),
        lines=frozenset(line.id for line in new.wanted.lines),
        reason=new.note,
    )


async def differences_of(work: Work, wanted: Configuration, *, at: datetime) -> list[str]:
    """What `apply` would say: it is done, and taken back at once."""
    nested = await work.begin_nested()
    told = await apply(work, wanted, at=at)
    await nested.rollback()
    return told


async def apply_folder(work: Work, folder: Path, *, at: datetime) -> list[str]:
    """Put a folder in force, whatever was edited meanwhile: it stays in the history."""
    new = NewVersion(
        files=read_files(folder), wanted=load_folder(folder), origin=VersionOrigin.FOLDER
    )
    return await put_in_force(work, new, at=at)


async def apply_at_start(work: Work, folder: Path, *, at: datetime) -> list[str]:
    """The folder, where it is another one than was last applied; else what is in force, once more.

    So edits of the page outlast a restart. Applying anew fills what a newer schema added.
    """
    newest = await newest_version(work)
    if newest is None or read_files(folder) != await _last_of_a_folder(work):
        return await apply_folder(work, folder, at=at)
    try:
        return await apply(work, load_files(newest.files), at=at)
    except ConfigError as fault:  # an edit that a newer version refuses: what is in force stays
        log.error("configuration.kept_as_it_is", version=newest.number, why=fault.public)  # noqa: TRY400 – its sentences say all
        return []


async def _last_of_a_folder(work: Work) -> Files | None:
    query = (
        select(ConfigurationVersion.files)
        .where(ConfigurationVersion.origin == VersionOrigin.FOLDER)
        .order_by(col(ConfigurationVersion.number).desc())
    )
    return (await work.exec(query.limit(1))).first()
