"""Sets of colours by their version, out of the database, where they stay for ever."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cachetools import LRUCache
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select, update

from hotline.storage.session import Work
from hotline.storage.tables import ColourSetVersion
from hotline.visits.colours import ColourSet, default_colours, read_colours

VERSIONS = 32

_parsed: LRUCache[str, ColourSet] = LRUCache(maxsize=VERSIONS)


async def put_colours_in_force(work: Work, wanted: ColourSet, *, at: datetime) -> list[str]:
    """From now on colours are of this set. Returns the differences as one line of text each.

    What a case was given before stays in the set of its time.
    """
    query = select(ColourSetVersion.version).where(col(ColourSetVersion.in_force))
    before = (await work.exec(query)).one_or_none()
    if before == wanted.version:
        return []
    await keep_set(work, wanted, at=at)
    table = col(ColourSetVersion.version)
    await work.exec(update(ColourSetVersion).where(table == before).values(in_force=False))
    await work.exec(update(ColourSetVersion).where(table == wanted.version).values(in_force=True))
    is_shipped = before is None and wanted == default_colours()
    return [] if is_shipped else [f"colours {wanted.version}: put in force"]


async def set_in_force(work: Work) -> ColourSet:
    """The set in force; before anything was applied the one that is shipped."""
    query = select(ColourSetVersion).where(col(ColourSetVersion.in_force))
    kept = (await work.exec(query)).one_or_none()
    return default_colours() if kept is None else _read(kept.version, kept.document)


async def sets_of(work: Work, versions: set[str]) -> Mapping[str, ColourSet]:
    """Every set that is asked for, by its version."""
    query = select(ColourSetVersion).where(col(ColourSetVersion.version).in_(versions))
    return {
        kept.version: _read(kept.version, kept.document) for kept in (await work.exec(query)).all()
    }


async def set_of(work: Work, version: str | None) -> ColourSet:
    """The set of a version; without one, the set in force."""
    if version is None:
        return await set_in_force(work)
    return (await sets_of(work, {version}))[version]


async def keep_set(work: Work, wanted: ColourSet, *, at: datetime) -> None:
    """Before a case names it. Two may do this at once."""
    kept = insert(ColourSetVersion).values(
        version=wanted.version, document=wanted.document, first_used_at=at, in_force=False
    )
    await (await work.connection()).execute(kept.on_conflict_do_nothing())


def _read(version: str, document: Mapping[str, Any]) -> ColourSet:
    """A version that was parsed never changes."""
    if version not in _parsed:
        _parsed[version] = read_colours(document)
    return _parsed[version]
