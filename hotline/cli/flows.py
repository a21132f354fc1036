"""What callers of a line hear: look for faults, draw a picture."""

from pathlib import Path
from typing import Annotated

import typer

from hotline.cli.plainly import plainly
from hotline.cli.planning import ConfigurationFolder, LineName, ReaderLanguage

flow_app = typer.Typer(no_args_is_help=True, help="What callers of a line hear before a human.")


@flow_app.command()
@plainly
def check(folder: Annotated[Path, typer.Argument(help="A configuration folder.")]) -> None:
    """Look for faults: told by file and line, with what to do. Exits with 1 where there are any."""
    from hotline.commands.flow import check_flows

    check_flows(folder)


@flow_app.command()
@plainly
def picture(
    line: LineName,
    svg: Annotated[Path | None, typer.Option(help="Draw into this file.")] = None,
    config: ConfigurationFolder = None,
    language: ReaderLanguage = "zh",
) -> None:
    """Draw a line's flow: as SVG into a file, or as Mermaid text."""
    from hotline.commands.flow import draw_flow

    draw_flow(line, svg, config, language)
