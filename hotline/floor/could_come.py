"""Who is not on duty and could be called in for a child in danger. Reads only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from hotline.roster.own_duty import beside_now
from hotline.staff.model import PresenceState, Role
from hotline.staff.revocation import works_for
from hotline.storage.session import Work
from hotline.storage.tables import Presence, Staff

MOST = 8  # a name each: more is no help to whoever has to choose


@dataclass(frozen=True, slots=True)
class AtHome:
    """Somebody whose own phone may ring. `certified`: trained for danger.

    `kind`: on call or second line by the roster; empty: neither.
    """

    name: str
    certified: bool
    kind: str = ""


async def could_come(work: Work, lines: Collection[str], *, at: datetime) -> Sequence[AtHome]:
    """Of who works for one of these lines: who is on call or second line, then trained, first."""
    beside = await beside_now(work, at)
    on_roster = col(Staff.id).in_(beside)
    certified = col(Staff.skills)["certified"].as_boolean().is_(True)
    trained = certified & ~col(Staff.certificate_lapsed)  # as `hotline.staff.skills.is_certified`
    query = (
        select(Staff.id, Staff.name, trained)
        .where(Presence.staff_id == Staff.id, Presence.state == PresenceState.OFFLINE)
        .where(col(Staff.active), col(Staff.rings_off_duty), col(Staff.own_phone) != "")
        .where(col(Staff.roles).contains([Role.COUNSELOR]))
        .where(works_for(lines))
        .order_by(on_roster.desc(), trained.desc().nulls_last())
        .order_by(col(Presence.idle_since), col(Staff.id))
    )
    found = (await work.exec(query.limit(MOST))).all()
    return [AtHome(name, bool(able), beside.get(who, "")) for who, name, able in found]
