"""Sets of colours by their version, out of the database, where they stay for ever."""

from collections.abc import Mapping
from datetime import datetime

from hotline.storage.documents import DocumentsByVersion
from hotline.storage.session import Work
from hotline.storage.tables import ColourSetVersion
from hotline.visits.colours import ColourSet, default_colours, read_colours

_sets = DocumentsByVersion("colours", ColourSetVersion, read=read_colours, shipped=default_colours)


async def put_colours_in_force(work: Work, wanted: ColourSet, *, at: datetime) -> list[str]:
    """From now on colours are of this set. Returns the differences as one line of text each.

    What a case was given before stays in the set of its time.
    """
    return await _sets.put_in_force(work, wanted, at=at)


async def set_in_force(work: Work) -> ColourSet:
    """The set in force; before anything was applied the one that is shipped."""
    return await _sets.in_force(work)


async def sets_of(work: Work, versions: set[str]) -> Mapping[str, ColourSet]:
    """Every set that is asked for, by its version."""
    return await _sets.of(work, versions)


async def set_of(work: Work, version: str | None) -> ColourSet:
    """The set of a version; without one, the set in force."""
    if version is None:
        return await set_in_force(work)
    return (await sets_of(work, {version}))[version]


async def keep_set(work: Work, wanted: ColourSet, *, at: datetime) -> None:
    """Before a case names it. Two may do this at once."""
    await _sets.keep(work, wanted, at=at)
