"""What keeps data safe: the audit's chain, and the keys that everything is sealed with."""

from pathlib import Path
from typing import Annotated

import typer

from hotline.cli.plainly import plainly

audit_app = typer.Typer(no_args_is_help=True, help="Who did or read what, in one chain.")


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
