"""How callers find a counselor: read a plan, try it, make decisions again, simulate."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from hotline.cli.plainly import plainly

plan_app = typer.Typer(no_args_is_help=True, help="How callers of a line find a counselor.")

LineName = Annotated[str, typer.Argument(help="A line's id, or one of its numbers.")]
ReaderLanguage = Annotated[str, typer.Option(help="zh or en.")]
ConfigurationFolder = Annotated[
    Path | None, typer.Option(help="Read a configuration folder, not the database.")
]


@plan_app.command()
@plainly
def show(
    line: LineName,
    language: ReaderLanguage = "zh",
    config: ConfigurationFolder = None,
    file: Annotated[Path | None, typer.Option(help="Another plan for the same line.")] = None,
) -> None:
    """Print a line's plan as sentences a duty manager can sign, with examples from the roster."""
    from hotline.commands.plan import show_plan

    show_plan(line, language, config, file)


@plan_app.command()
@plainly
def check(
    folder: Annotated[Path, typer.Argument(help="A configuration folder.")],
    file: Annotated[Path | None, typer.Option(help="Check this plan in place of a line's.")] = None,
    line: Annotated[str, typer.Option(help="The line `--file` is for.")] = "",
) -> None:
    """Look for faults: told by file and line, with what to do. Exits with 1 where there are any."""
    from hotline.commands.plan import check_folder

    check_folder(folder, file, line)


@plan_app.command()
@plainly
def shadow(
    line: LineName,
    file: Annotated[Path | None, typer.Argument(help="The plan to be tried.")] = None,
    off: Annotated[bool, typer.Option("--off", help="End the trial.")] = False,  # noqa: FBT002 – a command-line switch
) -> None:
    """Let another plan run beside the one in force: it decides nothing, and is compared."""
    from hotline.commands.plan import try_plan

    try_plan(line, file, off=off)


@plan_app.command()
@plainly
def differences(line: LineName) -> None:
    """List where the plan on trial would have decided otherwise, newest first."""
    from hotline.commands.plan import list_differences

    list_differences(line)


@plan_app.command()
@plainly
def adopt(line: LineName) -> None:
    """Put the plan on trial in force."""
    from hotline.commands.plan import adopt_plan

    adopt_plan(line)


@plainly
def replay(
    call: Annotated[str, typer.Argument(help="A call's id.")] = "",
    from_: Annotated[datetime | None, typer.Option("--from", help="From when on, local time.")] = (
        None
    ),
    to: Annotated[datetime | None, typer.Option("--to", help="Until when.")] = None,
    plan: Annotated[
        Path | None, typer.Option(help="What would this plan have decided? A plan file.")
    ] = None,
    line: Annotated[str, typer.Option(help="The line the plan is for; not needed for one.")] = "",
) -> None:
    """Make past decisions again. Exits with 1 where the same plan does not give the same."""
    from hotline.commands.replay import replay_decisions

    replay_decisions(call, from_, to, plan, line)


@plainly
def simulate(  # noqa: PLR0913, PLR0917 – options of a command line
    line: Annotated[str, typer.Option(help="A line's id, or one of its numbers.")],
    counselors: Annotated[
        list[str] | None,
        typer.Option(help="Another roster beside the present: +2:yue, +1:hak+cmn, -1:eng."),
    ] = None,
    from_: Annotated[
        str, typer.Option("--from", help="history: as the line was called; or profile.")
    ] = "profile",
    calls_per_day: Annotated[
        float | None, typer.Option(help="Instead of as many as came, or as fill the roster.")
    ] = None,
    plan: Annotated[Path | None, typer.Option(help="Another plan beside the present.")] = None,
    config: ConfigurationFolder = None,
    weeks: Annotated[int, typer.Option(min=1, max=52)] = 2,
    seeds: Annotated[int, typer.Option(min=1, max=50)] = 5,
    chart: Annotated[Path | None, typer.Option(help="Draw into this .svg or .png.")] = None,
) -> None:
    """Answer a staffing question: waits, crisis p99, abandonment, occupancy and their spread."""
    from hotline.commands.simulate import StaffingQuestion, answer_staffing

    wanted = StaffingQuestion(
        line=line,
        counselors=counselors or (),
        source=from_,
        calls_per_day=calls_per_day,
        plan=plan,
        config=config,
        weeks=weeks,
        seeds=seeds,
        chart=chart,
    )
    answer_staffing(wanted)


@plainly
def forecast(
    line: LineName,
    weeks: Annotated[int, typer.Option(min=1, max=8, help="How many weeks ahead.")] = 2,
    chart: Annotated[Path | None, typer.Option(help="Draw into this .svg or .png.")] = None,
) -> None:
    """Tell the calls ahead and the counselors they need, beside those planned. Takes a minute."""
    from hotline.commands.forecast import answer_forecast

    answer_forecast(line, weeks, chart)
