"""What sets an installation up and looks after its accounts."""

from pathlib import Path
from typing import Annotated

import typer

from hotline.cli.plainly import plainly

staff_app = typer.Typer(no_args_is_help=True, help="Accounts.")
configuration_app = typer.Typer(no_args_is_help=True, help="The configuration in force.")
stations_app = typer.Typer(no_args_is_help=True, help="Protection stations.")


@plainly
def migrate(
    down: Annotated[str | None, typer.Option(help="Go back to this version.")] = None,
) -> None:
    """Bring the database's schema to the newest version."""
    from hotline.commands.installation import bring_schema

    typer.echo(bring_schema(down))


@plainly
def apply(
    folder: Path,
    check: Annotated[bool, typer.Option("--check", help="Only say what would change.")] = False,  # noqa: FBT002 – a command-line switch
) -> None:
    """Apply lines, flows, stations and staff from a folder; print what changed."""
    from hotline.commands.installation import apply_folder, preview_folder

    for line in preview_folder(folder) if check else apply_folder(folder):
        typer.echo(line)


@configuration_app.command()
@plainly
def export(folder: Path) -> None:
    """Write the configuration in force as files, with what was edited on the page."""
    from hotline.commands.installation import export_folder

    typer.echo(export_folder(folder))


@plainly
def fallback(folder: Path) -> None:
    """Write what callers hear while the carrier cannot reach us, to be hosted elsewhere."""
    from hotline.commands.fallback import write_fallback

    for path in write_fallback(folder):
        typer.echo(path)


@staff_app.command()
@plainly
def password(username: str) -> None:
    """Set somebody's password: it is read from standard input, never from the command line."""
    from hotline.commands.installation import give_password

    give_password(username, _secret(f"New password for {username}"))
    typer.echo(f"The password of {username} is set.")


@stations_app.command()
@plainly
def pin(
    station: Annotated[str, typer.Argument(help="A station's id.")],
    contact: Annotated[int, typer.Argument(min=1, help="1 is rung first.")],
) -> None:
    """Set the PIN by which a contact acknowledges: read from standard input."""
    from hotline.commands.installation import give_pin

    name = give_pin(station, contact, _secret(f"New PIN for contact {contact} of {station}"))
    typer.echo(f"The PIN of {name} ({station}) is set.")


@stations_app.command("check")
@plainly
def check_stations() -> None:
    """Look for gaps in who answers for a child. Exits with 1 where there are any."""
    from hotline.commands.installation import gaps_of_stations

    found = gaps_of_stations()
    for said in found:
        typer.echo(said)
    if found:
        raise typer.Exit(1)
    typer.echo("No gaps: every place has a station, every hour somebody who answers.")


@stations_app.command("webhook-secret")
@plainly
def webhook_secret(
    station: Annotated[str, typer.Argument(help="A station's id.")],
    contact: Annotated[int, typer.Argument(min=1, help="1 is rung first.")],
) -> None:
    """Make the secret that signs what a contact's own system is sent; printed this once."""
    from hotline.commands.installation import make_secret

    typer.echo(make_secret(station, contact))


def _secret(prompt: str) -> str:
    """Typed without being shown, or the first line of what is piped in.

    Windows ends it with two characters, and PowerShell begins it with one that nobody typed.
    """
    import sys

    if sys.stdin.isatty():
        return str(typer.prompt(prompt, hide_input=True))
    return sys.stdin.readline().removeprefix("\ufeff").rstrip("\r\n")


def make_key() -> None:
    """Print a fresh key for HOTLINE_ENCRYPTION_KEYS."""
    from hotline.storage.vault import make_key as fresh_key

    typer.echo(fresh_key())


def make_push_key() -> None:
    """Print a fresh key for HOTLINE_PUSH_KEYS. Browsers stay bound to the key of their time."""
    from hotline.deliveries.push_keys import make_push_key as fresh_key

    typer.echo(fresh_key())
