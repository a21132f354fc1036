"""What sets an installation up and looks after its accounts."""

from pathlib import Path
from typing import Annotated

import typer

from hotline.cli.plainly import plainly

staff_app = typer.Typer(no_args_is_help=True, help="Accounts.")


@plainly
def migrate(
    down: Annotated[str | None, typer.Option(help="Go back to this version.")] = None,
) -> None:
    """Bring the database's schema to the newest version."""
    from hotline.commands.installation import bring_schema

    typer.echo(bring_schema(down))


@plainly
def apply(folder: Path) -> None:
    """Apply lines, flows, stations and staff from a folder; print what changed."""
    from hotline.commands.installation import apply_folder

    for line in apply_folder(folder):
        typer.echo(line)


@staff_app.command()
@plainly
def password(username: str) -> None:
    """Set somebody's password: it is read from standard input, never from the command line."""
    from hotline.commands.installation import give_password

    give_password(username, _secret(f"New password for {username}"))
    typer.echo(f"The password of {username} is set.")


def _secret(prompt: str) -> str:
    """Typed without being shown, or the first line of what is piped in."""
    import sys

    if sys.stdin.isatty():
        return str(typer.prompt(prompt, hide_input=True))
    return sys.stdin.readline().rstrip("\n")


def make_key() -> None:
    """Print a fresh key for HOTLINE_ENCRYPTION_KEYS."""
    from hotline.storage.vault import make_key as fresh_key

    typer.echo(fresh_key())
