"""`hotline replay`: decisions made again from what is kept."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sqlmodel import select

from hotline.commands.plan import policy_of_file
from hotline.errors import Invalid
from hotline.floor.replay import Chapter, Span, moment, read_chapters
from hotline.i18n.catalog import HERE
from hotline.settings import read_settings
from hotline.storage.opening import database_of
from hotline.storage.session import Work
from hotline.storage.tables import Call, Line, Staff
from routing.policy import Policy
from routing.replay import ReplayedEvent
from routing.shadow import Difference, PlanChoice

OTHERWISE = """The same plan decides otherwise now. That is a fault in this program: please report \
it, with the version and what is printed here."""


@dataclass
class Report:
    """What was found."""

    steps: list[ReplayedEvent] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    names: Mapping[str, str] = field(default_factory=dict)
    events: int = 0

    @property
    def otherwise(self) -> list[ReplayedEvent]:
        """Where the same plan did not give the same."""
        return [step for step in self.steps if not step.same]


def replay_decisions(
    call: str, from_: datetime | None, to: datetime | None, plan: Path | None, line: str
) -> None:
    """Print past decisions made again. Exits with 1 where the same plan does not give the same."""
    if bool(call) == bool(from_ or to):
        raise Invalid("Name either a call, or a time with --from and --to.")
    span = Span(call or None, moment(_here(from_), float("-inf")), moment(_here(to), float("inf")))
    report = asyncio.run(_replay(span, plan, line))
    console = Console()
    console.print(_decisions(report))
    console.print(f"{report.events} events heard, {len(report.steps)} decided on.")
    if plan is not None:
        console.print(_differences(report))
    if report.otherwise:
        console.print(OTHERWISE, style="bold red")
        raise typer.Exit(1)
    console.print("Every decision is the same.")


def _here(at: datetime | None) -> datetime | None:
    return None if at is None else at.replace(tzinfo=HERE)


async def _replay(span: Span, plan: Path | None, line: str) -> Report:
    database = database_of(read_settings())
    try:
        async with database.work() as work:
            chapters = await read_chapters(work, span)
            staff = await work.exec(select(Staff.id, Staff.username))
            report = Report(names=dict(staff.all()))
            lines = await _lines_of(work, span)
    finally:
        await database.close()
    others = {} if plan is None else {_line(line, lines): policy_of_file(plan)}
    for chapter in track(chapters, "telling it again", transient=True):
        _hear(report, chapter, span, others)
    return report


async def _lines_of(work: Work, span: Span) -> Sequence[str]:
    """For which lines another plan may be meant: a call has its own."""
    if span.call is None:
        return (await work.exec(select(Line.id))).all()
    return (await work.exec(select(Call.line_id).where(Call.id == span.call))).all()


def _line(wanted: str, lines: Sequence[str]) -> str:
    if wanted in lines:
        return wanted
    if len(lines) == 1 and not wanted:
        return lines[0]
    raise Invalid(f"Say with --line which line the plan is for: {', '.join(lines)}.")


def _hear(report: Report, chapter: Chapter, span: Span, others: Mapping[str, Policy]) -> None:
    steps = [step for step in chapter.steps() if span.holds(step)]
    report.events += len(chapter.records)
    report.steps += [step for step in steps if step.then or step.now]
    if others:
        report.differences += [
            one
            for one in chapter.differences(others)
            if span.call in (None, one.call) and span.from_s <= one.at <= span.to_s
        ]


def _decisions(report: Report) -> Table:
    table = Table("when", "call", "rung", "stage", "again", title="Decisions")
    for step in report.steps:
        for one in step.then or step.now:
            again = "the same" if step.same else _choices(report, step)
            name = report.names.get(one.counselor, one.counselor)
            table.add_row(_clock(step.event.at), one.call, name, one.stage, again)
    return table


def _choices(report: Report, step: ReplayedEvent) -> str:
    said = [f"{report.names.get(one.counselor, '?')} ({one.stage})" for one in step.now]
    return "now: " + (", ".join(said) or "nobody")


def _differences(report: Report) -> Table:
    table = Table("when", "call", "as it was", "by the other plan", title="Differences")
    for one in report.differences:
        was = _offer(report, one.live, "the caller left")
        other = _offer(report, one.shadow, "would still wait")
        table.add_row(_clock(one.at), one.call, was, other)
    return table


def _offer(report: Report, offer: PlanChoice | None, nobody: str) -> str:
    if offer is None:
        return nobody
    people = ", ".join(report.names.get(one, one) for one in offer.counselors)
    return f"{people}, {offer.stage}, after {offer.waited_s:.0f} s"


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, HERE).strftime("%Y-%m-%d %H:%M:%S")
