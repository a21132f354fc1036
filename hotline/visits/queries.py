"""The colour, the plan and the visits of one case, as its readers see them.

Words are opened by `open_words` alone, and that leaves a trace.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from hotline.cases.queries import together
from hotline.cases.timeline import keep_trace
from hotline.escalations.queries import names_of
from hotline.i18n.catalog import HERE
from hotline.staff.actor import Actor
from hotline.storage.sealed import open_cell
from hotline.storage.session import Work
from hotline.storage.tables import CaseColour, CaseVisit
from hotline.storage.vault import Vault
from hotline.visits.colouring import last_colour, open_proposal
from hotline.visits.colours import ColourFile, ColourSet
from hotline.visits.model import ColourAct
from hotline.visits.plans import plan_of
from hotline.visits.policy import due_day
from hotline.visits.sets import set_in_force, set_of, sets_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ColourShown:
    """A colour that was proposed or confirmed, in the words of its own set. `by`: empty: a rule."""

    colour: ColourFile
    by: str
    at: datetime
    has_reason: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPlanShown:
    """What a case waits for. `due_on`: the day that has to pass before it is overdue."""

    due_for: str
    due_at: datetime
    due_on: date
    overdue: bool
    every_days: int | None
    family_until: date | None
    told_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitShown:
    """One visit without its words."""

    id: str
    by: str
    visited_at: datetime
    sent_at: datetime
    place: str
    division: str
    seen: str
    moods: Sequence[str]
    needs: Sequence[str]
    concern: bool
    has_words: bool

    @property
    def came_late(self) -> bool:
        """Whether it was written down on another day than it was made."""
        return self.visited_at.astimezone(HERE).date() != self.sent_at.astimezone(HERE).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseVisits:
    """Everything of one case. `rules`: the set whose colours can be chosen now."""

    rules: ColourSet
    confirmed: ColourShown | None
    proposed: ColourShown | None
    plan: VisitPlanShown | None
    visits: Sequence[VisitShown]

    @property
    def has_words(self) -> bool:
        """Whether there is anything to open."""
        colours = [one for one in (self.confirmed, self.proposed) if one is not None]
        return any(one.has_reason for one in colours) or any(one.has_words for one in self.visits)


async def visits_of(work: Work, case_id: str, *, at: datetime) -> CaseVisits:
    """Of the case that stands, with what was merged into it."""
    confirmed = await last_colour(work, case_id, ColourAct.CONFIRMED)
    proposed = await open_proposal(work, case_id)
    rows = await _visits(work, case_id)
    names = await names_of(
        work, (Actor.parse(one.by) for one in (confirmed, proposed, *rows) if one)
    )
    return CaseVisits(
        rules=await set_in_force(work),
        confirmed=await _shown(work, confirmed, names),
        proposed=await _shown(work, proposed, names),
        plan=await _plan(work, case_id, at=at),
        visits=[_visit(one, names) for one in rows],
    )


async def _visits(work: Work, case_id: str) -> Sequence[CaseVisit]:
    query = select(CaseVisit).where(col(CaseVisit.case_id).in_(await together(work, case_id)))
    return (await work.exec(query.order_by(col(CaseVisit.visited_at).desc()))).all()


async def _shown(
    work: Work, row: CaseColour | None, names: Mapping[str, str]
) -> ColourShown | None:
    if row is None:
        return None
    found = (await set_of(work, row.set_version)).colour(row.colour)
    if found is None:
        return None
    by = names.get(row.by, "")
    return ColourShown(colour=found, by=by, at=row.at, has_reason=bool(row.reason_sealed))


async def _plan(work: Work, case_id: str, *, at: datetime) -> VisitPlanShown | None:
    plan = await plan_of(work, case_id)
    if plan is None:
        return None
    return VisitPlanShown(
        due_for=plan.due_for,
        due_at=plan.due_at,
        due_on=due_day(plan.due_at),
        overdue=plan.due_at <= at,
        every_days=plan.every_days,
        family_until=plan.family_until,
        told_at=plan.told_at,
    )


def _visit(row: CaseVisit, names: Mapping[str, str]) -> VisitShown:
    return VisitShown(
        id=row.id,
        by=names.get(row.by, ""),
        visited_at=row.visited_at,
        sent_at=row.sent_at,
        place=row.place,
        division=row.division,
        seen=row.seen,
        moods=row.moods,
        needs=row.needs,
        concern=row.concern,
        has_words=bool(row.note_sealed or row.along_sealed),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitWords:
    """What somebody wrote: of a visit, or as the reason of a colour."""

    at: datetime
    by: str
    seen: str
    colour: ColourFile | None
    words: str
    along: str


async def open_words(
    work: Work, vault: Vault, case_id: str, *, reader: Actor, at: datetime
) -> list[VisitWords]:
    """All words of visits and colours, the newest first. That they were read stays written."""
    ids = await together(work, case_id)
    query = select(CaseColour).where(col(CaseColour.case_id).in_(ids))
    colours = (await work.exec(query.where(CaseColour.reason_sealed != ""))).all()
    visits = [one for one in await _visits(work, case_id) if one.note_sealed or one.along_sealed]
    names = await names_of(
        work, map(Actor.parse, {*(one.by for one in colours), *(one.by for one in visits)})
    )
    sets = await sets_of(work, {one.set_version for one in colours})
    found = [_of_colour(vault, one, sets[one.set_version], names) for one in colours]
    found += [_of_visit(vault, one, names) for one in visits]
    keep_trace(work, case_id, ("visits",), by=reader, at=at)
    return sorted(found, key=lambda one: one.at, reverse=True)


def _of_colour(
    vault: Vault, row: CaseColour, rules: ColourSet, names: Mapping[str, str]
) -> VisitWords:
    return VisitWords(
        at=row.at,
        by=names.get(row.by, ""),
        seen="",
        colour=rules.colour(row.colour),
        words=open_cell(vault, row, "reason_sealed"),
        along="",
    )


def _of_visit(vault: Vault, row: CaseVisit, names: Mapping[str, str]) -> VisitWords:
    return VisitWords(
        at=row.visited_at,
        by=names.get(row.by, ""),
        seen=row.seen,
        colour=None,
        words=open_cell(vault, row, "note_sealed") if row.note_sealed else "",
        along=open_cell(vault, row, "along_sealed") if row.along_sealed else "",
    )
