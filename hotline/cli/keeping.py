"""What keeps data safe: the audit's chain, and the keys that everything is sealed with."""

from pathlib import Path
from typing import Annotated

import typer

from hotline.cli.plainly import plainly

audit_app = typer.Typer(no_args_is_help=True, help="Who did or read what, in one chain.")
drills_app = typer.Typer(no_args_is_help=True, help="Whether alarms would reach people.")
keys_app = typer.Typer(no_args_is_help=True, help="The keys that everything is sealed with.")


@audit_app.command()
@plainly
def verify(
    head: Annotated[
        Path | None, typer.Option(help="Heads exported before: a file, or a folder of such.")
    ] = None,
) -> None:
    """Look at every row of the audit. Names the first that does not fit, and exits with 1."""
    from hotline.commands.audit import verify_audit

    typer.echo(verify_audit(head, tell=lambda line: typer.echo(line, err=True)))


@keys_app.command()
@plainly
def status() -> None:
    """Say which keys something is sealed with, and which could be taken out."""
    from hotline.commands.keys import say_keys

    for line in say_keys():
        typer.echo(line)


@keys_app.command()
@plainly
def rotate() -> None:
    """Seal everything anew with the first key, beside whatever runs. It may be stopped and go on.

    Exits with 1 where something does not open: then no key may be taken out.
    """
    from hotline.commands.keys import rotate_keys

    typer.echo(rotate_keys(tell=lambda line: typer.echo(line, err=True)))


@drills_app.command()
@plainly
def report() -> None:
    """Say which contacts' phones reach nobody any more, and how the last drill went."""
    from hotline.commands.drills import say_drills

    for line in say_drills():
        typer.echo(line)
