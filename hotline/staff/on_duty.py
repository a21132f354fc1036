"""Everybody on duty, read once for a whole floor: rows without entities, their skills read once.

A floor of thousands is looked at many times a minute. What equals somebody else's is read once: two
counselors with the same skills and lines share them.
"""

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, Text, cast
from sqlalchemy import select as sql_select
from sqlmodel import col

from hotline.staff.model import PresenceState, Role
from hotline.staff.revocation import may_be_rung, works_for
from hotline.staff.skills import UnreadableSkills, skills_from
from hotline.storage.in_bulk import moments
from hotline.storage.session import Work
from hotline.storage.tables import Presence, Staff
from routing.engine import Skills

KNOWN_KINDS = 4096


class PersonNow(NamedTuple):
    """Somebody on duty: what they can do, and what they do now; fields as in `Presence`.

    `skills`: None where the account cannot be read. `is_rung`: as a counselor. `for_shift`: what
    they can do was changed for a while.
    """

    staff_id: str
    name: str
    skills: Skills | None
    lines: tuple[str, ...]
    languages: tuple[str, ...]
    state: str
    reason: str
    since: datetime
    idle_since: datetime
    back_at: datetime | None
    working_since: datetime | None
    crisis_in_a_row: int
    crisis_ended_at: datetime | None
    is_rung: bool
    for_shift: bool


_PEOPLE: Select[*tuple[Any, ...]] = (
    sql_select(
        col(Presence.staff_id),
        col(Staff.name),
        cast(Staff.skills, Text),
        cast(Staff.lines, Text),
        col(Staff.certificate_lapsed),
        col(Presence.state),
        col(Presence.reason),
        moments(col(Presence.since)),
        moments(col(Presence.idle_since)),
        moments(col(Presence.back_at)),
        moments(col(Presence.working_since)),
        col(Presence.crisis_in_a_row),
        moments(col(Presence.crisis_ended_at)),
        may_be_rung(),
        col(Staff.skills_kept).is_not(None),
    )
    .where(col(Presence.staff_id) == col(Staff.id), col(Staff.active))
    .where(col(Presence.state) != PresenceState.OFFLINE)
    .order_by(col(Presence.since), col(Presence.staff_id))
)


async def people_now(work: Work, *, of: Collection[str] | None = None) -> list[PersonNow]:
    """Whoever is not offline, who has been so the longest first. `of`: for one of these lines."""
    query = _PEOPLE if of is None else _PEOPLE.where(works_for(of))
    await work.flush()  # what is not read as entities does not wait for them either
    rows = await (await work.connection()).execute(query)
    return [_person(*row) for row in rows]


def person_of(presence: Presence, staff: Staff) -> PersonNow:
    """The same of rows: of a moment that is past, say."""
    texts = (json.dumps(staff.skills, sort_keys=True), json.dumps(staff.lines))
    rung = staff.active and Role.COUNSELOR in staff.roles
    return PersonNow(
        staff.id,
        staff.name,
        *_kind(*texts, lapsed=staff.certificate_lapsed),
        presence.state,
        presence.reason,
        presence.since,
        presence.idle_since,
        presence.back_at,
        presence.working_since,
        presence.crisis_in_a_row,
        presence.crisis_ended_at,
        rung,
        staff.skills_kept is not None,
    )


def _person(
    staff_id: str,
    name: str,
    skills: str,
    lines: str,
    lapsed: bool,  # noqa: FBT001 – as in the row
    *rest: Any,
) -> PersonNow:
    return PersonNow(staff_id, name, *_kind(skills, lines, lapsed=lapsed), *rest)


@lru_cache(maxsize=KNOWN_KINDS)
def _kind(
    skills: str, lines: str, *, lapsed: bool
) -> tuple[Skills | None, tuple[str, ...], tuple[str, ...]]:
    """What can be done by whom it says so, for which lines, in which languages.

    `lapsed`: their certificate (`hotline.staff.skills.is_certified`).
    """
    kept, worked = json.loads(skills), json.loads(lines)
    try:
        able = skills_from(kept, worked)
        able = replace(able, certified=able.certified and not lapsed)
        return able, tuple(worked), tuple(kept.get("languages", {}))
    except UnreadableSkills:
        named = worked if isinstance(worked, list) else []
        return None, tuple(one for one in named if isinstance(one, str)), ()
