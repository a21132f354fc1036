"""Who is not on duty and could be called in for a child in danger. Reads only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from hotline.staff.model import PresenceState, Role
from hotline.staff.revocation import works_for
from hotline.storage.session import Work
from hotline.storage.tables import Presence, Staff

MOST = 8  # a name each: more is no help to whoever has to choose


@dataclass(frozen=True, slots=True)
class AtHome:
    """Somebody whose own phone may ring. `certified`: trained for danger."""

    name: str
    certified: bool


async def could_come(work: Work, lines: Collection[str]) -> Sequence[AtHome]:
    """Of who works for one of these lines: those trained for danger first."""
    certified = col(Staff.skills)["certified"].as_boolean().is_(True)
    trained = certified & ~col(Staff.certificate_lapsed)  # as `hotline.staff.skills.is_certified`
    query = (
        select(Staff.name, trained)
        .where(Presence.staff_id == Staff.id, Presence.state == PresenceState.OFFLINE)
        .where(col(Staff.active), col(Staff.rings_off_duty), col(Staff.own_phone) != "")
        .where(col(Staff.roles).contains([Role.COUNSELOR]))
        .where(works_for(lines))
        .order_by(trained.desc().nulls_last(), col(Presence.idle_since), col(Staff.id))
    )
    return [AtHome(name, bool(able)) for name, able in (await work.exec(query.limit(MOST))).all()]
