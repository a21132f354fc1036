"""A case as one story by days: its own entries, its alarms, its calls, and those made after them.

Each comes from the package that keeps it, by the permission that is asked there; in sentences, and
with the words that people wrote only where the reader opens them.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby

from sqlmodel import col, or_, select

from hotline.calls.queries import may_do
from hotline.cases.belonging import links_of
from hotline.cases.fields import Field, HowMuch
from hotline.cases.merging import MERGED_INTO, UNMERGED
from hotline.cases.model import LinkKind, PersonRole
from hotline.cases.reporters import CALLER_SAID
from hotline.cases.timeline import READ, CaseEntrySeen, timeline_of
from hotline.errors import Forbidden, NotFound
from hotline.escalations.export import told_story
from hotline.escalations.queries import detail, require_escalation
from hotline.escalations.story_words import sentence
from hotline.floor.case_sentences import case_sentence, names_in
from hotline.followups.queries import tries_of_calls
from hotline.i18n.catalog import HERE, _
from hotline.i18n.words import label
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Call, CasePerson, Line, Staff
from hotline.storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStoryLine:
    """One thing that happened. `source`: case, escalation, call or follow_up; `path`: its page.

    `note`: what somebody wrote, where it is opened; `times`: how often in a row the same was done.
    """

    at: datetime
    source: str
    kind: str
    said: str
    path: str = ""
    has_note: bool = False
    note: str | None = None
    actor: str = ""
    times: int = 1


@dataclass(frozen=True, slots=True)
class CaseStoryDay:
    """What happened on one day, in order."""

    day: date
    lines: Sequence[CaseStoryLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFor:
    """Who reads it, what is shown to them, and whether they open the words (`vault`).

    `leaves_house`: also a reporter whom the station may know is no part of it.
    """

    who: SignedIn
    shown: Mapping[Field, HowMuch]
    in_english: bool = False
    leaves_house: bool = False
    vault: Vault | None = field(default=None, repr=False)


async def story_of_case(
    work: Work, case_id: str, ids: frozenset[str], reader: StoryFor
) -> list[CaseStoryDay]:
    """All of it by days of Guangdong, the last day first. Nothing where the story is not theirs."""
    if reader.shown[Field.STORY] is not HowMuch.SHOWN:
        return []
    entries = await told_entries(work, case_id, ids, reader)
    return await story_around(work, ids, entries, reader)


async def story_around(
    work: Work, ids: frozenset[str], entries: Sequence[CaseEntrySeen], reader: StoryFor
) -> list[CaseStoryDay]:
    """The same where the case's own entries were read already."""
    lines = [line async for line in _all(work, ids, entries, reader)]
    lines.sort(key=lambda line: line.at)
    days = groupby(_folded(lines), key=lambda line: line.at.astimezone(HERE).date())
    return [CaseStoryDay(day, list(of_day)) for day, of_day in days][::-1]


async def _all(
    work: Work, ids: frozenset[str], entries: Sequence[CaseEntrySeen], reader: StoryFor
) -> AsyncIterator[CaseStoryLine]:
    for line in await _own(work, entries, reader):
        yield line
    links = await links_of(work, ids)
    calls = [one.subject_id for one in links if one.kind == LinkKind.CALL]
    for one in links:
        if one.kind == LinkKind.ESCALATION:
            for line in await _escalation(work, one.subject_id, reader):
                yield line
    for line in await _calls(work, calls, reader):
        yield line
    for line in await _follow_ups(work, calls, reader):
        yield line


# ── the case itself ─────────────────────────────────────────────────────────────────────────────


async def told_entries(
    work: Work, case_id: str, ids: frozenset[str], reader: StoryFor
) -> list[CaseEntrySeen]:
    """The case's own entries, without what tells of a reporter whom the reader may not know."""
    hidden = await _hidden_people(work, ids, reader)
    return [
        one
        for one in await timeline_of(work, ids, vault=reader.vault)
        if one.facts.get("person_id") not in hidden
        and _belongs(one, case_id)
        and (one.kind != CALLER_SAID or _knows_reporter(reader))
    ]


async def _own(
    work: Work, entries: Sequence[CaseEntrySeen], reader: StoryFor
) -> list[CaseStoryLine]:
    names = await names_in(work, entries, in_english=reader.in_english)
    return [
        CaseStoryLine(
            at=one.at,
            source="case",
            kind=one.kind,
            said=case_sentence(one, names),
            has_note=one.has_note,
            note=one.note,
            actor=one.actor,
        )
        for one in entries
    ]


def _belongs(entry: CaseEntrySeen, case_id: str) -> bool:
    """A merge is told once, by the case that stands for both."""
    return entry.case_id == case_id or entry.kind not in (MERGED_INTO, UNMERGED)


async def _hidden_people(work: Work, ids: frozenset[str], reader: StoryFor) -> frozenset[str]:
    if _knows_reporter(reader):
        return frozenset()
    query = select(CasePerson.id).where(
        col(CasePerson.case_id).in_(ids),
        CasePerson.role == PersonRole.REPORTER,
        or_(col(CasePerson.released_at).is_(None), reader.leaves_house),
    )
    return frozenset((await work.exec(query)).all())


def _knows_reporter(reader: StoryFor) -> bool:
    return reader.shown[Field.REPORTER] is HowMuch.SHOWN


# ── what belongs to it ──────────────────────────────────────────────────────────────────────────


async def _escalation(work: Work, escalation_id: str, reader: StoryFor) -> list[CaseStoryLine]:
    """Its folded parts, for whoever may see it by its own rules."""
    try:
        await require_escalation(work, escalation_id, reader.who, Permission.SEE_ESCALATION)
    except (Forbidden, NotFound):  # that it belongs to the case is told by the case's own entry
        return []
    found = await detail(work, escalation_id)
    parts, names = await told_story(work, found, in_english=reader.in_english)
    title = _("上报 %(number)s", number=found.row.number)
    return [
        CaseStoryLine(
            at=part.since,
            source="escalation",
            kind=part.kind,
            said=f"{title} · {sentence(part, names)}",
            path=f"/escalations/{escalation_id}",
            actor=part.actor,
        )
        for part in parts
    ]


async def _calls(work: Work, calls: Sequence[str], reader: StoryFor) -> list[CaseStoryLine]:
    query = (
        select(Call, Line, Staff.name)
        .join(Line, col(Line.id) == col(Call.line_id))
        .join(Staff, col(Staff.id) == col(Call.counselor_id), isouter=True)
        .where(col(Call.id).in_(calls))
    )
    return [
        CaseStoryLine(
            at=call.arrived_at,
            source="call",
            kind=call.direction,
            said=_call_said(line.name_en if reader.in_english else line.name, counselor),
            path=f"/calls/{call.id}" if await _opens(work, call, reader) else "",
        )
        for call, line, counselor in (await work.exec(query)).all()
    ]


async def _opens(work: Work, call: Call, reader: StoryFor) -> bool:
    return await may_do(work, call, reader.who, Permission.SEE_CALL)


def _call_said(line: str, counselor: str | None) -> str:
    if counselor is None:
        return _("来电到「%(line)s」", line=line)
    return _("来电到「%(line)s」，%(who)s 接听", line=line, who=counselor)


async def _follow_ups(work: Work, calls: Sequence[str], reader: StoryFor) -> list[CaseStoryLine]:
    tries = await tries_of_calls(work, reader.who, calls)
    return [
        CaseStoryLine(
            at=one.at,
            source="follow_up",
            kind=one.outcome,
            said=_tried(one.by, one.outcome),
            path=f"/calls/{one.call_id}",
        )
        for one in tries
    ]


def _tried(who: str, outcome: str) -> str:
    if not outcome:
        return _("%(who)s 随访", who=who)
    return _("%(who)s 随访：%(outcome)s", who=who, outcome=label("follow_up_try", outcome))


# ── folding ─────────────────────────────────────────────────────────────────────────────────────


def _folded(lines: Iterable[CaseStoryLine]) -> Iterator[CaseStoryLine]:
    """Who looks again and again on one day is told once, with how often."""
    last: CaseStoryLine | None = None
    for line in lines:
        if last is not None and _goes_on(last, line):
            last = replace(last, times=last.times + 1)
            continue
        if last is not None:
            yield last
        last = line
    if last is not None:
        yield last


def _goes_on(last: CaseStoryLine, line: CaseStoryLine) -> bool:
    same = (last.kind, last.actor, last.said) == (line.kind, line.actor, line.said)
    day = last.at.astimezone(HERE).date() == line.at.astimezone(HERE).date()
    return line.kind == READ and same and day
