"""`hotline simulate`: what more or other counselors would change, by the engine that routes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlmodel import col, select

from hotline.commands.plan import find_line, in_database, of_folder, policy_of_file
from hotline.configuration.plans import setting_of_rows
from hotline.errors import Invalid
from hotline.forecasting.past import past_calls, usual_profile
from hotline.forecasting.rosters import changed
from hotline.lines.plans import policy_of
from hotline.storage.session import Work
from hotline.storage.tables import Staff
from routing.policy import Policy
from routing.policy.lint import Setting
from routing.policy.roster import Person
from routing.simulate.history import Note, PastCall, profile_of
from routing.simulate.load import Profile, Ringing
from routing.simulate.roster import entry_of
from routing.simulate.study import Question, Study, study

FIGURES = (
    ("wait_s", "mean wait (s)", 1),
    ("wait_p95_s", "wait p95 (s)", 1),
    ("service_level", "answered within 15 s", 3),
    ("abandoned", "abandoned", 3),
    ("crisis_wait_s", "crisis: mean wait (s)", 1),
    ("crisis_p99_s", "crisis: wait p99 (s)", 1),
    ("crisis_abandoned", "crisis: abandoned", 4),
    ("occupancy", "occupancy", 3),
    ("first_choice", "first choice", 3),
)


@dataclass(frozen=True, slots=True)
class SimulatedLine:
    """What is simulated: who works for a line, by which plan, and who calls it."""

    name: str
    policy: Policy
    setting: Setting
    calls: Sequence[PastCall] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffingQuestion:
    """What is asked. `source`: history or profile. `counselors`: another roster, as it is typed."""

    line: str
    counselors: Sequence[str]
    source: str
    calls_per_day: float | None
    plan: Path | None
    config: Path | None
    weeks: int
    seeds: int
    chart: Path | None


def answer_staffing(wanted: StaffingQuestion) -> None:
    """Print waits, crisis p99, abandonment, occupancy and their spread. Raises `Invalid`."""
    found = _read(wanted.line, wanted.config, history=wanted.source == "history")
    settings, notes = _settings(found, wanted)
    _answer(found, settings, wanted, notes)


def _settings(
    found: SimulatedLine, wanted: StaffingQuestion
) -> tuple[dict[str, tuple[Question, tuple[Person, ...]]], Sequence[Note]]:
    """What is compared, by name: the line as it is, and what was asked beside it."""
    profile, per_hour, notes = _load(found, wanted.source)
    daily = wanted.calls_per_day
    question = Question(
        plan_of=found.policy.plan_for,
        care=found.policy.care,
        profile=replace(profile, ringing=Ringing(ring_s=found.policy.ring_s)),
        calls_per_hour=per_hour if daily is None else daily / 24,
        hours=wanted.weeks * 168.0,
        seeds=tuple(range(1, wanted.seeds + 1)),
    )
    people, other = found.setting.on_line, wanted.counselors
    settings = {"as it is": (question, people)}
    if other:
        settings[" ".join(other)] = (question, changed(people, other, found.setting))
    if wanted.plan is not None:
        policy = policy_of_file(wanted.plan)
        asked = replace(question, plan_of=policy.plan_for, care=policy.care)
        settings[wanted.plan.stem] = (asked, people)
    return settings, notes


def _answer(
    found: SimulatedLine,
    settings: dict[str, tuple[Question, tuple[Person, ...]]],
    wanted: StaffingQuestion,
    notes: Sequence[Note],
) -> None:
    console = Console()
    studies: dict[str, Study] = {}
    with Progress(console=console, transient=True) as progress:
        total = sum(len(question.seeds) for question, _ in settings.values())
        task = progress.add_task("simulating", total=total)
        for name, (question, people) in settings.items():
            roster = [entry_of(person, weeks=wanted.weeks) for person in people]
            studies[name] = study(question, roster, lambda: progress.advance(task))
    first = next(iter(settings.values()))[0]
    console.print(_table(found.name, studies))
    console.print(
        f"{first.calls_per_hour * 24:.0f} calls a day, {wanted.weeks} weeks, each seed anew."
    )
    for note in notes:
        console.print(f"Too few calls tell of {note.part} ({note.calls}): the default stands in.")
    if wanted.chart is not None:
        draw(found.name, studies, wanted.chart)
        console.print(f"Drawn: {wanted.chart}")


def _read(name: str, config: Path | None, *, history: bool) -> SimulatedLine:
    if config is None:
        return asyncio.run(in_database(lambda work: _of_rows(work, name, history=history)))
    if history:
        raise Invalid("A configuration folder has no history: leave --config out, or --from.")
    return SimulatedLine(*of_folder(config, name))


async def _of_rows(work: Work, name: str, *, history: bool) -> SimulatedLine:
    row = await find_line(work, name)
    staff = (await work.exec(select(Staff).order_by(col(Staff.username)))).all()
    calls = await past_calls(work, row.id) if history else []
    return SimulatedLine(row.name, policy_of(row), setting_of_rows(row, staff), calls)


def _load(found: SimulatedLine, source: str) -> tuple[Profile, float, Sequence[Note]]:
    profile = usual_profile(found.setting)
    if source == "history":
        if not found.calls:
            raise Invalid("This line has no past calls yet: simulate with --from profile.")
        past = profile_of(found.calls, profile)
        return past.profile, past.per_hour, past.notes
    if source != "profile":
        raise Invalid("--from is history or profile.")
    staff = len(found.setting.on_line)
    return profile, profile.calls_per_hour(0.8, staff, found.policy.care), ()


def _table(name: str, studies: dict[str, Study]) -> Table:
    table = Table(title=f"{name}: mean of the seeds (least to most)")
    table.add_column("")
    for setting in studies:
        table.add_column(setting, justify="right")
    for figure, title, digits in FIGURES:
        spreads = [one.figures[figure] for one in studies.values()]
        table.add_row(title, *(f"{s.mean:.{digits}f} ({s.low:.{digits}f} to {s.high:.{digits}f})"
                               for s in spreads))  # fmt: skip
    spread = [one.figures for one in studies.values()]
    table.add_row(
        "occupancy p5 to p95",
        *(f"{s['occupancy_p5'].mean:.2f} to {s['occupancy_p95'].mean:.2f}" for s in spread),
    )
    table.add_row("bound: mean wait, one pool (s)",
                  *(f"{one.pooled_s.mean:.1f}" for one in studies.values()))  # fmt: skip
    table.add_row("bound: Erlang-A (s)", *(f"{one.erlang_a_s:.1f}" for one in studies.values()))
    return table


def draw(name: str, studies: dict[str, Study], file: Path) -> None:
    """Waits by hour of the day, and the figures people compare, side by side."""
    import matplotlib as mpl  # noqa: PLC0415 – half a second that only a chart needs

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 – after the backend is chosen

    drawing, (hours, figures) = plt.subplots(1, 2, figsize=(12, 4.5), layout="constrained")
    names = [("wait_s", "mean wait"), ("wait_p95_s", "p95"), ("crisis_p99_s", "crisis p99")]
    for place, (setting, one) in enumerate(studies.items()):
        hours.plot(range(24), one.by_hour, marker="o", label=setting)
        at = [n + place * 0.8 / len(studies) for n in range(len(names))]
        spreads = [one.figures[figure] for figure, _ in names]
        figures.bar(at, [s.mean for s in spreads], 0.8 / len(studies), align="edge",
                    yerr=[s.sd for s in spreads], label=setting)  # fmt: skip
    figures.axhline(next(iter(studies.values())).pooled_s.mean, ls=":", c="gray", label="one pool")
    hours.set(title=f"mean wait by hour, {name.encode('ascii', 'ignore').decode()}",
              xlabel="hour of the day", ylabel="s")  # fmt: skip
    figures.set_xticks([n + 0.4 for n in range(len(names))], [title for _, title in names])
    figures.set(title="waits (s), mean and sd of the seeds")
    figures.legend(frameon=False)
    drawing.savefig(file)
    plt.close(drawing)
