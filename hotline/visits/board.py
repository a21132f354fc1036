"""The cases of a station, of those below it, of a line: by colour, due date and division."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlmodel import col, select

from hotline.cases.model import CaseState
from hotline.cases.queries import seen_by
from hotline.i18n.catalog import HERE
from hotline.staff.sign_in import SignedIn
from hotline.stations.divisions import DIGITS, division_name, is_within, padded
from hotline.storage.session import Work
from hotline.storage.tables import Case, ColourSetVersion, VisitPlan
from hotline.visits.colours import ColourFile
from hotline.visits.counting import CountTable, told_counts
from hotline.visits.policy import due_day
from hotline.visits.sets import set_in_force, sets_of

OPEN = (Case.state == CaseState.OPEN, col(Case.merged_into_id).is_(None))
NO_COLOUR = "none"
WEEK, MONTH = timedelta(days=7), timedelta(days=31)


class DueWithin(StrEnum):
    """Of which time something is due."""

    OVERDUE = "overdue"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """One case: that it is there, and what it waits for. Nothing of whom it is about."""

    id: str
    number: str
    division: str
    colour: ColourFile | None
    due_for: str
    due_at: datetime | None
    told: bool
    at: datetime

    @property
    def overdue(self) -> bool:
        """Whether its time has passed."""
        return self.due_at is not None and self.due_at <= self.at

    @property
    def due_on(self) -> date | None:
        """The day after which it is overdue; of another try, that of its hour."""
        return None if self.due_at is None else due_day(self.due_at)

    @property
    def colour_id(self) -> str:
        """What it is counted under."""
        return NO_COLOUR if self.colour is None else self.colour.id


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardFilter:
    """What is looked at; empty: everything."""

    colour: str = ""
    division: str = ""
    due: str = ""

    def lets(self, row: BoardRow) -> bool:
        """Whether a row is meant."""
        return (
            self.colour in ("", row.colour_id)
            and is_within(row.division, self.division)
            and (not self.due or _is_due(row, DueWithin(self.due)))
        )


def _is_due(row: BoardRow, within: DueWithin) -> bool:
    if row.due_at is None:
        return False
    ahead = {DueWithin.OVERDUE: timedelta(), DueWithin.WEEK: WEEK, DueWithin.MONTH: MONTH}[within]
    return row.due_at <= row.at + ahead


async def board_rows(work: Work, who: SignedIn, *, at: datetime) -> list[BoardRow]:
    """Everything open that somebody may see, what is overdue or due first; at the end the rest."""
    query = select(Case.id, Case.number, Case.division).where(*OPEN, await seen_by(work, who))
    cases = (await work.exec(query)).all()
    plans = await _plans(work, [case_id for case_id, _, _ in cases])
    sets = await sets_of(work, {one.set_version for one in plans.values() if one.set_version})
    rows = []
    for case_id, number, division in cases:
        plan = plans.get(case_id)
        rules = sets.get(plan.set_version or "") if plan is not None else None
        row = BoardRow(
            id=case_id,
            number=number,
            division=division,
            colour=rules.colour(plan.colour) if plan is not None and rules is not None else None,
            due_for=plan.due_for if plan is not None else "",
            due_at=plan.due_at if plan is not None else None,
            told=plan is not None and plan.told_at is not None,
            at=at,
        )
        rows.append(row)
    return sorted(rows, key=lambda row: (row.due_at is None, row.due_at or at, row.number))


async def _plans(work: Work, ids: Sequence[str]) -> Mapping[str, VisitPlan]:
    """By the case that stands: its own, or of those merged into it that which is due first."""
    query = (
        select(VisitPlan, Case.merged_into_id)
        .join(Case, col(Case.id) == col(VisitPlan.case_id))
        .where(col(Case.id).in_(ids) | col(Case.merged_into_id).in_(ids))
    )
    found = (await work.exec(query.order_by(col(VisitPlan.due_at).desc()))).all()
    taken = {into: plan for plan, into in found if into is not None}
    return {**taken, **{plan.case_id: plan for plan, _ in found}}


@dataclass(frozen=True, slots=True, kw_only=True)
class DivisionCell:
    """One field of the map-like grid. `division`: padded to six digits."""

    division: str
    name: str
    total: int
    overdue: int
    by_colour: Sequence[tuple[str, int]]


def grid_of(rows: Iterable[BoardRow], colours: Sequence[str]) -> list[DivisionCell]:
    """By city; where all lie in one city, by its districts. In the order of their codes.

    `colours`: the gravest first, as they are told in each.
    """
    found = list(rows)
    cities = {row.division[:4] for row in found if row.division}
    digits = DIGITS if len(cities) <= 1 else 4
    by_place: dict[str, list[BoardRow]] = {}
    for row in found:
        by_place.setdefault(padded(row.division[:digits]), []).append(row)
    return [_cell(place, here, colours) for place, here in sorted(by_place.items())]


def _cell(place: str, rows: Sequence[BoardRow], colours: Sequence[str]) -> DivisionCell:
    counted = Counter(row.colour_id for row in rows)
    return DivisionCell(
        division=place,
        name=division_name(place),
        total=len(rows),
        overdue=sum(row.overdue for row in rows),
        by_colour=[(one, counted[one]) for one in (*colours, NO_COLOUR) if counted[one]],
    )


async def colours_known(work: Work, rows: Iterable[BoardRow] = ()) -> dict[str, ColourFile]:
    """By id: those in force, and those that older cases still have."""
    older = {row.colour.id: row.colour for row in rows if row.colour is not None}
    rules = await set_in_force(work)
    return {one.id: one for one in rules.colours} | {
        key: one for key, one in older.items() if rules.colour(key) is None
    }


async def told_board(work: Work, who: SignedIn) -> CountTable:
    """For readers who only count: open cases of their lines by city and colour, small ones kept
    back. One table, whatever is filtered: two that differ by a few would tell of those.
    """
    query = select(Case.id, Case.division).where(*OPEN, col(Case.line_id).in_(who.lines))
    cases = (await work.exec(query)).all()
    plans = await _plans(work, [case_id for case_id, _ in cases])
    counted: Counter[tuple[str, str]] = Counter()
    for case_id, division in cases:
        colour = plans[case_id].colour if case_id in plans else ""
        counted[padded(division[:4]), colour or NO_COLOUR] += 1
    colours = [*await _every_colour(work), NO_COLOUR]
    places = sorted({place for place, _ in counted})
    return told_counts(counted, places, [one for one in colours if _is_used(one, counted)])


async def _every_colour(work: Work) -> list[str]:
    versions = set((await work.exec(select(ColourSetVersion.version))).all())
    sets = [await set_in_force(work), *(await sets_of(work, versions)).values()]
    return list(dict.fromkeys(one.id for rules in sets for one in rules.colours))


def _is_used(colour: str, counted: Mapping[tuple[str, str], int]) -> bool:
    return any(name == colour for _, name in counted)


def month_of(text: str, *, at: datetime) -> date:
    """The first day of a month such as 2026-03; of anything else, of the present one."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return at.astimezone(HERE).date().replace(day=1)


def weeks_of(first: date) -> list[list[date]]:
    """The weeks that a month lies in, from Monday to Sunday."""
    start = first - timedelta(days=first.weekday())
    weeks: list[list[date]] = []
    while not weeks or start.month == first.month:
        weeks.append([start + timedelta(days=n) for n in range(7)])
        start += timedelta(days=7)
    return weeks
