"""Guardians who are suspected of the harm: every way out to a number asks here first.

Who calls us is answered, whoever's telephone it is. `cases.people` sets the mark and lifts it.
"""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from hotline.errors import GuardianIsBlocked
from hotline.staff.actor import Actor
from hotline.storage.session import Work
from hotline.storage.tables import GuardianBlock


async def is_blocked(work: Work, number_index: str) -> bool:
    """Whether nobody may ring or write to this number."""
    return bool(await blocked_among(work, [number_index]))


async def blocked_among(work: Work, numbers: Collection[str]) -> frozenset[str]:
    """Those of them that nobody may ring or write to. One statement; none without a number."""
    asked = [number for number in numbers if number]
    if not asked:
        return frozenset()
    query = select(GuardianBlock.number_index).where(
        col(GuardianBlock.number_index).in_(asked), col(GuardianBlock.lifted_at).is_(None)
    )
    return frozenset((await work.exec(query)).all())


def blocked_numbers() -> SelectOfScalar[str]:
    """Of all, for a list that is read in one statement."""
    live = col(GuardianBlock.lifted_at).is_(None) & (col(GuardianBlock.number_index) != "")
    return select(GuardianBlock.number_index).where(live)


async def require_not_blocked(work: Work, number_index: str) -> None:
    """Raises `GuardianIsBlocked`, which says so without the number."""
    if await is_blocked(work, number_index):
        raise GuardianIsBlocked


async def is_suspected(work: Work, *, person_id: str | None, number_index: str) -> bool:
    """Whether this guardian is: by who they are in a case, or by a number that is blocked."""
    if person_id is not None and await _live_of(work, person_id) is not None:
        return True
    return await is_blocked(work, number_index)


async def has_block(work: Work, case_ids: Collection[str], number_index: str) -> bool:
    """Whether a guardian is suspected in any of these cases, or has this number."""
    theirs = col(GuardianBlock.number_index).in_([number_index] if number_index else [])
    mine = col(GuardianBlock.case_id).in_(case_ids) | theirs
    query = select(GuardianBlock.id).where(mine, col(GuardianBlock.lifted_at).is_(None))
    return (await work.exec(query.limit(1))).first() is not None


async def block(
    work: Work, *, case_id: str, person_id: str, number_index: str, by: Actor, at: datetime
) -> bool:
    """Nobody rings or writes to them from now on. Twice is fine; another number takes its place.

    `number_index`: `Vault.index` of their number; empty: not known, and their consent does not
    count all the same. Returns whether anything changed. The caller holds the person's row.
    """
    live = await _live_of(work, person_id)
    if live is not None and live.number_index == number_index:
        return False
    if live is not None:
        live.lifted_at, live.lifted_by = at, str(by)
        await work.flush()
    work.add(
        GuardianBlock(
            case_id=case_id, person_id=person_id, number_index=number_index, by=str(by), at=at
        )
    )
    await work.flush()
    return True


async def lift(work: Work, person_id: str, *, by: Actor, at: datetime) -> bool:
    """The mark of this person is gone. What another case holds of the number stays.

    Returns whether there was one.
    """
    live = await _live_of(work, person_id)
    if live is None:
        return False
    live.lifted_at, live.lifted_by = at, str(by)
    return True


async def _live_of(work: Work, person_id: str) -> GuardianBlock | None:
    query = select(GuardianBlock).where(
        GuardianBlock.person_id == person_id, col(GuardianBlock.lifted_at).is_(None)
    )
    return (await work.exec(query.with_for_update())).one_or_none()
