"""Which case something belongs to, what is read together, and how somebody stands to it."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, false, or_, text
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from hotline.cases.model import LinkKind
from hotline.errors import Forbidden, NotFound
from hotline.staff.permissions import Permission, Relation, may, require, through
from hotline.staff.sign_in import SignedIn
from hotline.stations.queries import leads_station, stations_above, stations_below
from hotline.storage.session import Work
from hotline.storage.tables import Call, Case, CaseLink, Escalation

# What a case was merged into, and that one in its turn; and all that went into one. Two people who
# merge crosswise at once are kept apart by the locks of both, so a ring cannot come about; a path
# that returns ends all the same.
STANDING = text("""
with recursive onward as (
    select id, merged_into_id, array[id] as path from care_case where id = :case_id
    union all
    select next.id, next.merged_into_id, onward.path || next.id
    from onward join care_case next on next.id = onward.merged_into_id
    where next.id <> all (onward.path)
)
select path from onward order by cardinality(path) desc limit 1
""")
TOGETHER = text("""
with recursive inside as (
    select id, array[id] as path from care_case where id = :case_id
    union all
    select went.id, inside.path || went.id
    from inside join care_case went on went.merged_into_id = inside.id
    where went.id <> all (inside.path)
)
select id from inside
""")


async def case_of(work: Work, kind: LinkKind, subject_id: str) -> str | None:
    """The case that stands for the one a call or an escalation belongs to; None: to none."""
    query = select(CaseLink.case_id).where(
        CaseLink.kind == kind,
        CaseLink.subject_id == subject_id,
        col(CaseLink.ended_at).is_(None),
    )
    found = (await work.exec(query)).one_or_none()
    return None if found is None else await standing_case(work, found)


async def case_for(work: Work, kind: LinkKind, subject_id: str) -> Case | None:
    """The same as a row: to name it, and to lead there."""
    found = await case_of(work, kind, subject_id)
    return None if found is None else await work.get(Case, found)


async def standing_case(work: Work, case_id: str) -> str:
    """The case that it was merged into, or itself. Raises `NotFound`."""
    return (await way_to_standing(work, case_id))[-1]


async def way_to_standing(work: Work, case_id: str) -> list[str]:
    """Itself and each case that it went into in its turn, the one that stands last. As above."""
    way: list[str] | None = (await work.sql(STANDING, {"case_id": case_id})).scalar_one_or_none()
    if way is None:
        raise NotFound
    return way


async def together(work: Work, case_id: str) -> frozenset[str]:
    """The case that stands for this one, and all that were merged into it: read as one."""
    return await with_merged(work, await standing_case(work, case_id))


async def with_merged(work: Work, case_id: str) -> frozenset[str]:
    """A case and all that went into it, whatever it went into itself."""
    return frozenset((await work.sql(TOGETHER, {"case_id": case_id})).scalars())


async def linked_calls(work: Work, ids: Collection[str]) -> list[str]:
    """The calls that belong to these cases, what came last first."""
    query = select(CaseLink.subject_id).where(
        col(CaseLink.case_id).in_(ids),
        CaseLink.kind == LinkKind.CALL,
        col(CaseLink.ended_at).is_(None),
    )
    return list((await work.exec(query.order_by(col(CaseLink.at).desc()))).all())


async def require_case(
    work: Work,
    case_id: str,
    who: SignedIn,
    wanted: Permission,
    *,
    to_know: Permission = Permission.SEE_CASE,
) -> frozenset[Relation]:
    """How this person stands to a case for which they have a permission.

    Raises `NotFound` where it is none of their business, else `Forbidden`.
    """
    case = await work.get(Case, await standing_case(work, case_id))
    if case is None:
        raise NotFound
    standing = await relations_to(work, case, who)
    require(who.roles, standing, wanted, to_know=to_know)
    return standing


def require_line(who: SignedIn, standing: frozenset[Relation], wanted: Permission) -> None:
    """What only supervisors of its line do, whoever else works it. Raises `Forbidden`."""
    if not may(who.roles, standing & {Relation.LINE}, wanted):
        raise Forbidden


async def relations_to(work: Work, case: Case, who: SignedIn) -> frozenset[Relation]:
    """How somebody stands to a case that stands for itself."""
    mine = who.station_id is not None and who.station_id == case.station_id
    known = {
        Relation.OWN: who.staff_id in {case.owner_id, *await counselors_of(work, case.id)},
        Relation.LINE: case.line_id in who.lines,
        Relation.STATION: mine,
        Relation.ABOVE: not mine and await _is_above(work, case.station_id, who.station_id),
        Relation.LEAD: mine and await leads_station(work, case.station_id, who.username),
    }
    return frozenset(relation for relation, holds in known.items() if holds)


async def counselors_of(work: Work, case_id: str) -> frozenset[str]:
    """Who answered a call that belongs to it, or that an escalation of it is about."""
    of_call = (col(CaseLink.kind) == LinkKind.CALL) & (col(Call.id) == col(CaseLink.subject_id))
    flagged = select(Escalation.call_id).where(col(Escalation.id) == col(CaseLink.subject_id))
    of_escalation = (col(CaseLink.kind) == LinkKind.ESCALATION) & col(Call.id).in_(flagged)
    query = (
        select(Call.counselor_id)
        .join(CaseLink, or_(of_call, of_escalation))
        .where(
            col(CaseLink.case_id).in_(await together(work, case_id)),
            col(CaseLink.ended_at).is_(None),
            col(Call.counselor_id).is_not(None),
        )
    )
    return frozenset(one for one in (await work.exec(query)).all() if one is not None)


async def _is_above(work: Work, station_id: str | None, above: str | None) -> bool:
    if station_id is None or above is None:
        return False
    return above in await stations_above(work, station_id)


async def seen_by(
    work: Work, who: SignedIn, wanted: Permission = Permission.SEE_CASE
) -> ColumnElement[bool]:
    """As `relations_to` says of one, for a list."""
    below = await stations_below(work, who.station_id) if who.station_id else []
    conditions: Mapping[Relation, ColumnElement[bool]] = {
        Relation.OWN: (col(Case.owner_id) == who.staff_id) | _answered_by(who.staff_id),
        Relation.LINE: col(Case.line_id).in_(who.lines),
        Relation.STATION: col(Case.station_id) == who.station_id,
        Relation.ABOVE: col(Case.station_id).in_(set(below) - {who.station_id}),
    }
    ways = through(who.roles, wanted)
    return or_(false(), *(condition for way, condition in conditions.items() if way in ways))


def _answered_by(staff_id: str) -> ColumnElement[bool]:
    """A call of theirs belongs to the case, or to one that went into it."""
    theirs = select(CaseLink.case_id).join(Call, col(Call.id) == col(CaseLink.subject_id))
    theirs = theirs.where(CaseLink.kind == LinkKind.CALL, col(CaseLink.ended_at).is_(None))
    theirs = theirs.where(Call.counselor_id == staff_id)
    begun = select(col(Case.id), col(Case.merged_into_id)).where(col(Case.id).in_(theirs))
    onward, after = begun.cte("onward", recursive=True), aliased(Case)
    went = select(col(after.id), col(after.merged_into_id)).join(
        onward, col(after.id) == onward.c.merged_into_id
    )
    return col(Case.id).in_(select(onward.union(went).c.id))
