"""`hotline plan`: read a plan, check it, try it beside the one in force, take it over."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

import typer
from rich.console import Console
from sqlmodel import col, or_, select

from hotline.clock import SystemClock
from hotline.configuration.adoption import adopt_plan_on_trial
from hotline.configuration.load import Configuration, load_folder
from hotline.configuration.plans import check_plan, read_plan, setting_of_files, setting_of_rows
from hotline.configuration.schema import LineFile
from hotline.errors import ConfigError, NotFound
from hotline.i18n.catalog import HERE, speaking
from hotline.i18n.words import label
from hotline.lines.plans import policy_of
from hotline.numbers import as_dialled
from hotline.settings import read_settings
from hotline.storage.documents import version_of_document
from hotline.storage.opening import database_of
from hotline.storage.session import Work
from hotline.storage.tables import Line, PhoneNumber, PlanDifference, Staff
from routing.policy import DEFAULT_POLICY, Policy
from routing.policy.lint import Setting
from routing.policy.sentences import Section, sentences

Done = TypeVar("Done")
LISTED = 50


def show_plan(line: str, language: str, config: Path | None, file: Path | None) -> None:
    """Print a line's plan in sentences. Raises `ConfigError` or `NotFound`."""
    if language not in ("zh", "en"):
        raise ConfigError("--language is zh or en.")
    if config is not None:
        name, policy, setting = of_folder(config, line)
    else:
        name, policy, setting = asyncio.run(in_database(lambda work: _of_rows(work, line)))
    if file is not None:
        policy = policy_of_file(file)

    def word(code: str) -> str:
        kind = "language" if code in setting.languages else "topic"
        with speaking(language):
            return label(kind, code)

    _print(name, sentences(policy, setting, tongue=language, word=word))


def _print(name: str, sections: Sequence[Section]) -> None:
    console = Console(highlight=False)
    console.print(f"[bold]{name}[/bold]")
    for section in sections:
        console.print(f"\n[bold]{section.heading}[/bold]")
        for sentence in section.sentences:
            console.print(f"  {sentence}", soft_wrap=True)


def check_folder(folder: Path, file: Path | None, line: str) -> None:
    """Print the warnings. `file`: a plan in place of the line's. Raises `ConfigError`."""
    configuration = load_folder(folder)
    warnings = configuration.warnings
    if file is not None:
        _, _, setting = of_folder(folder, line or configuration.lines[0].id)
        checked = check_plan(file, setting)
        if checked.faults:
            raise ConfigError("\n".join(checked.faults))
        warnings = checked.warnings
    for warning in warnings:
        typer.echo(warning)
    typer.echo("No faults.")


def try_plan(line: str, file: Path | None, *, off: bool) -> None:
    """Begin a trial of a plan, or end it. Raises `ConfigError` or `NotFound`."""
    if (file is None) != off:
        raise ConfigError("Name the plan to be tried, or --off to end a trial.")
    for warning in asyncio.run(in_database(lambda work: _set_shadow(work, line, file))):
        typer.echo(warning)
    typer.echo("The trial is over." if off else "The plan runs beside the one in force.")


async def _set_shadow(work: Work, name: str, file: Path | None) -> list[str]:
    """Returns the warnings."""
    row, warnings = await find_line(work, name), []
    if file is None:
        row.shadow_plan = {}
    else:
        staff = (await work.exec(select(Staff))).all()
        checked = check_plan(file, setting_of_rows(row, staff))
        if checked.faults:
            raise ConfigError("\n".join(checked.faults))
        row.shadow_plan, warnings = checked.document.data, checked.warnings
    work.announce("configuration", "applied")
    return warnings


def list_differences(line: str) -> None:
    """Print where the plan on trial would have decided otherwise. Raises `NotFound`."""
    told = asyncio.run(in_database(lambda work: _differences(work, line)))
    for said in told or ["No difference so far."]:
        typer.echo(said)


async def _differences(work: Work, name: str) -> list[str]:
    row = await find_line(work, name)
    query = (
        select(PlanDifference)
        .where(PlanDifference.line_id == row.id)
        .where(PlanDifference.shadow_version == version_of_document(row.shadow_plan))
        .order_by(col(PlanDifference.id).desc())
        .limit(LISTED)
    )
    found = (await work.exec(query)).all()
    names = dict((await work.exec(select(Staff.id, Staff.username))).all())
    return [_said(one, names) for one in found]


def _said(one: PlanDifference, names: dict[str, str]) -> str:
    def offer(kept: dict[str, object], nobody: str) -> str:
        if not kept:
            return nobody
        people = kept["counselors"] if isinstance(kept["counselors"], list) else []
        who = ", ".join(names.get(str(one), "?") for one in people)
        return f"{who} ({kept['stage']}, after {kept['waited_s']} s)"

    when = one.at.astimezone(HERE).strftime("%Y-%m-%d %H:%M:%S")
    was, would = offer(one.live, "the caller left"), offer(one.shadow, "would still wait")
    return f"{when}  call {one.call_id}: {was}; on trial: {would}"


def adopt_plan(line: str) -> None:
    """Put the plan on trial in force. Raises `NotFound` or `ConfigError`."""
    asyncio.run(in_database(lambda work: _adopt(work, line)))
    typer.echo(
        "The plan is in force. Copy it into the configuration folder as well (`hotline"
        " configuration export DIR` writes it), or the next `hotline apply` brings the old one"
        " back."
    )


async def _adopt(work: Work, name: str) -> None:
    row = await find_line(work, name)
    if not row.shadow_plan:
        raise NotFound(f"Line {row.id} has no plan on trial: begin with `hotline plan shadow`.")
    row.plan = row.shadow_plan
    row.plan_version = version_of_document(row.plan)
    await adopt_plan_on_trial(work, row, at=SystemClock().now())
    work.announce("configuration", "applied")


def policy_of_file(file: Path) -> Policy:
    """A plan file that is not looked into further. Raises `ConfigError`."""
    return read_plan(file)[1]


async def find_line(work: Work, name: str) -> Line:
    """A line by id or number. Raises `NotFound`."""
    query = (
        select(Line)
        .join(PhoneNumber, col(PhoneNumber.line_id) == col(Line.id), isouter=True)
        .where(or_(col(Line.id) == name, col(PhoneNumber.number) == as_dialled(name)))
    )
    found = (await work.exec(query)).first()
    if found is None:
        raise NotFound(f"There is no line {name}: name a line's id or one of its numbers.")
    return found


async def _of_rows(work: Work, name: str) -> tuple[str, Policy, Setting]:
    row = await find_line(work, name)
    staff = (await work.exec(select(Staff).order_by(col(Staff.username)))).all()
    return row.name, policy_of(row), setting_of_rows(row, staff)


def of_folder(folder: Path, name: str) -> tuple[str, Policy, Setting]:
    configuration = load_folder(folder)
    line = line_in_folder(configuration, folder, name)
    policy = DEFAULT_POLICY if line.plan is None else policy_of_file(folder / line.plan)
    return line.name, policy, setting_of_files(line, configuration.staff)


def line_in_folder(configuration: Configuration, folder: Path, name: str) -> LineFile:
    """A line by id or number. Raises `NotFound`."""
    for line in configuration.lines:
        if name == line.id or as_dialled(name) in line.numbers:
            return line
    raise NotFound(f"There is no line {name} in {folder.name}.")


async def in_database(job: Callable[[Work], Awaitable[Done]]) -> Done:
    database = database_of(read_settings())
    try:
        async with database.work() as work:
            return await job(work)
    finally:
        await database.close()
