"""A case to take out of the house: everything that was done and when, nothing of what was said.

By a list of names: a fact that is not named here stays. No child, no people, no plan's words, no
notes, and no word that there is a reporter.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hotline.cases.fields import EXPORTED, Field, HowMuch
from hotline.cases.queries import standing_case, together
from hotline.cases.timeline import CaseEntrySeen, tell
from hotline.escalations.queries import names_of
from hotline.escalations.stations import station_names
from hotline.floor.case_sentences import names_in
from hotline.floor.case_story import CaseStoryLine, StoryFor, story_around, told_entries
from hotline.i18n.catalog import day_and_time
from hotline.staff.actor import Actor
from hotline.staff.sign_in import SignedIn
from hotline.stations.divisions import division_name
from hotline.storage.session import Work
from hotline.storage.tables import Case, Line

TOLD = frozenset(
    {"why", "result", "fields", "what", "due_on", "links", "other_number", "to_station",
     "from_station", "form", "step_id", "role"}
)  # fmt: skip
"""Facts of an entry that are no content. What is not named here stays in the house."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedCaseEntry:
    """One line of the timeline. `has_note`: somebody wrote words that are not told here."""

    id: int
    at: datetime
    kind: str
    by: str
    facts: dict[str, Any]
    has_note: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedCaseLine:
    """One part of the story."""

    at: datetime
    when: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseExport:
    """All of it, and who took it when."""

    number: str
    state: str
    result: str
    opened_as: str
    line: str
    station: str
    division: str
    opened_at: datetime
    closed_at: datetime | None
    exported_at: datetime
    exported_by: str
    story: list[ExportedCaseLine]
    timeline: list[ExportedCaseEntry]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTaker:
    """Who takes it, when, and in which form."""

    who: SignedIn
    form: str
    at: datetime
    in_english: bool = False


async def export_case(work: Work, case_id: str, taker: CaseTaker) -> CaseExport:
    """What can be taken out, in the present language. That it was is kept, and audited."""
    case = await work.get_one(Case, await standing_case(work, case_id))
    ids = await together(work, case.id)
    shown = {one: HowMuch.SHOWN if one in EXPORTED else HowMuch.ABSENT for one in Field}
    reader = StoryFor(who=taker.who, shown=shown, in_english=taker.in_english, leaves_house=True)
    entries = await told_entries(work, case.id, ids, reader)
    days = await story_around(work, ids, entries, reader)
    names = await names_in(work, entries, in_english=taker.in_english)
    by = Actor.of_staff(taker.who.staff_id)
    tell(work, case.id, "case.exported", at=taker.at, actor=by, form=taker.form)
    stations = await station_names(work, [case.station_id or ""], in_english=taker.in_english)
    line = await work.get_one(Line, case.line_id)
    return CaseExport(
        number=case.number,
        state=case.state,
        result=case.result,
        opened_as=case.opened_as,
        line=line.name_en if taker.in_english else line.name,
        station=stations.get(case.station_id or "", ""),
        division=division_name(case.division),
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        exported_at=taker.at,
        exported_by=(await names_of(work, [by])).get(str(by), ""),
        story=[_line(line, taker.at) for day in reversed(days) for line in day.lines],
        timeline=[_entry(one, names.person(one.actor)) for one in entries],
    )


def _line(line: CaseStoryLine, now: datetime) -> ExportedCaseLine:
    times = f" ×{line.times}" if line.times > 1 else ""
    return ExportedCaseLine(at=line.at, when=day_and_time(line.at, now), said=line.said + times)


def _entry(one: CaseEntrySeen, by: str) -> ExportedCaseEntry:
    return ExportedCaseEntry(
        id=one.id,
        at=one.at,
        kind=one.kind,
        by=by,
        facts={key: value for key, value in one.facts.items() if key in TOLD},
        has_note=one.has_note,
    )
