"""Who is not on duty and could be called in for a child in danger. Reads only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy import select as sql_select
from sqlmodel import col

from hotline.roster.own_duty import beside_now
from hotline.staff.model import PresenceState, Role
from hotline.staff.revocation import works_for_given
from hotline.storage.in_bulk import among_given
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


_ON_ROSTER = among_given(col(Staff.id), "beside")
_CERTIFIED = col(Staff.skills)["certified"].as_boolean().is_(True)
_TRAINED = _CERTIFIED & ~col(Staff.certificate_lapsed)  # as `hotline.staff.skills.is_certified`
_COULD_COME: Select[*tuple[Any, ...]] = (
    sql_select(col(Staff.id), col(Staff.name), _TRAINED)
    .where(col(Presence.staff_id) == col(Staff.id))
    .where(col(Presence.state) == PresenceState.OFFLINE)
    .where(col(Staff.active), col(Staff.rings_off_duty), col(Staff.own_phone) != "")
    .where(col(Staff.roles).contains([Role.COUNSELOR]))
    .where(works_for_given("lines"))
    .order_by(_ON_ROSTER.desc(), _TRAINED.desc().nulls_last())
    .order_by(col(Presence.idle_since), col(Staff.id))
    .limit(MOST)
)


async def could_come(work: Work, lines: Collection[str], *, at: datetime) -> Sequence[AtHome]:
    """Of who works for one of these lines: who is on call or second line, then trained, first."""
    beside = await beside_now(work, at)
    values = {"beside": list(beside), "lines": list(lines)}
    found = await (await work.connection()).execute(_COULD_COME, values)
    return [AtHome(name, bool(able), beside.get(who, "")) for who, name, able in found]
