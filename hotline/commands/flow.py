"""`hotline flow`: check the flows of a folder, draw the flow of a line."""

import asyncio
from functools import partial
from pathlib import Path

import typer

from hotline.commands.plan import find_line, in_database, line_in_folder
from hotline.configuration.load import load_folder
from hotline.errors import ConfigError
from hotline.i18n.flow_words import CHINESE_CAPTIONS
from hotline.lines.flows import flow_of
from hotline.storage.session import Work
from ivr.flow import parse
from ivr.model import Flow
from ivr.picture import ENGLISH, mermaid, svg


def check_flows(folder: Path) -> None:
    """Say of each flow what was proved. Raises `ConfigError` with every fault by file and line."""
    read = load_folder(folder)
    for line in read.lines:
        flow = parse(read.flows[line.id])
        typer.echo(f"{line.flow}: {len(flow.steps)} steps, {', '.join(flow.languages)}: no faults.")
    typer.echo(
        "From every step a caller reaches a human; 9 works from the first word; one menu at most;"
        " everything is written in every language."
    )


def draw_flow(line: str, into: Path | None, config: Path | None, language: str) -> None:
    """Print a line's flow as Mermaid, or write it as SVG. Raises `ConfigError` or `NotFound`."""
    if language not in ("zh", "en"):
        raise ConfigError("--language is zh or en.")
    flow = _of_folder(config, line) if config else asyncio.run(in_database(partial(_of_rows, line)))
    captions = CHINESE_CAPTIONS if language == "zh" else ENGLISH
    if into is None:
        typer.echo(mermaid(flow, captions), nl=False)
        return
    try:
        into.write_text(svg(flow, captions), encoding="utf-8")
    except OSError as fault:
        raise ConfigError(f"{into}: cannot be written ({type(fault).__name__}).") from fault
    typer.echo(f"Drawn into {into}.")


def _of_folder(folder: Path, line: str) -> Flow:
    read = load_folder(folder)
    return parse(read.flows[line_in_folder(read, folder, line).id])


async def _of_rows(line: str, work: Work) -> Flow:
    return flow_of(await find_line(work, line))
