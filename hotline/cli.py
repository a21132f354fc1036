"""The commands of an installation.

One process each: serve, switchboard, worker. All at once: up, or demo with a simulated carrier.
"""

import asyncio
import socket
import sys
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from hotline.bootstrap import (
    backend_of_settings,
    database_of,
    run_switchboard,
    run_worker,
)
from hotline.clock import SystemClock
from hotline.commands.plainly import plainly
from hotline.commands.plan import plan_app
from hotline.commands.replay import replay
from hotline.commands.simulate import simulate
from hotline.configuration.apply import apply as apply_configuration
from hotline.configuration.load import load_folder
from hotline.log import set_up_logging
from hotline.onemachine import demo as one_machine_demo
from hotline.onemachine import up as one_machine
from hotline.settings import Settings, read_settings
from hotline.staff.passwords import set_password
from hotline.storage.migrations import migrate as migrate_schema
from hotline.storage.migrations import migrate_down
from hotline.storage.vault import make_key as fresh_key
from hotline.web.app import create_app

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
app.add_typer(plan_app, name="plan")
app.command()(replay)
app.command()(simulate)
staff_app = typer.Typer(no_args_is_help=True, help="Accounts.")
app.add_typer(staff_app, name="staff")

GRACE_S = 5  # reliability research F19: open streams would hold the process for ever


@app.command()
@plainly
def serve(
    fd: Annotated[int | None, typer.Option(help="A listening socket handed down to us.")] = None,
) -> None:
    """Answer the carrier's webhooks, the API and the pages."""
    set_up_logging("web")
    settings = read_settings()
    backend = backend_of_settings(settings)
    config = uvicorn.Config(
        create_app(backend),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    handed = [socket.socket(fileno=fd)] if fd is not None else None
    uvicorn.Server(config).run(sockets=handed)


@app.command()
@plainly
def switchboard() -> None:
    """Bring callers and counselors together, and press open escalations on."""
    set_up_logging("switchboard")
    asyncio.run(run_switchboard(read_settings()))


@app.command()
@plainly
def worker() -> None:
    """Run the jobs that the others ask for."""
    set_up_logging("worker")
    run_worker(read_settings())


@app.command()
@plainly
def migrate(
    down: Annotated[str | None, typer.Option(help="Go back to this version.")] = None,
) -> None:
    """Bring the database's schema to the newest version."""
    url = database_of(read_settings()).url
    if down is not None:
        migrate_down(url, down)
    else:
        migrate_schema(url)
    typer.echo("The schema is up to date." if down is None else f"The schema is at {down}.")


@app.command()
@plainly
def apply(folder: Path) -> None:
    """Apply lines, flows, stations and staff from a folder; print what changed."""
    asyncio.run(_apply(read_settings(), folder))


async def _apply(settings: Settings, folder: Path) -> None:
    wanted = load_folder(folder)
    database = database_of(settings)
    try:
        async with database.work() as work:
            told = await apply_configuration(work, wanted, at=SystemClock().now())
    finally:
        await database.close()
    for line in [*(told or ["Nothing to change."]), *wanted.warnings]:
        typer.echo(line)


@staff_app.command()
@plainly
def password(username: str) -> None:
    """Set somebody's password: it is read from standard input, never from the command line."""
    prompt = f"New password for {username}"
    new = typer.prompt(prompt, hide_input=True) if sys.stdin.isatty() else sys.stdin.readline()
    asyncio.run(_set_password(read_settings(), username, new.rstrip("\n")))
    typer.echo(f"The password of {username} is set.")


async def _set_password(settings: Settings, username: str, new: str) -> None:
    database = database_of(settings)
    try:
        async with database.work() as work:
            await set_password(work, username, new)
    finally:
        await database.close()


@app.command("make-key")
def make_key() -> None:
    """Print a fresh key for HOTLINE_ENCRYPTION_KEYS."""
    typer.echo(fresh_key())


@app.command()
@plainly
def up() -> None:
    """Everything at once on one machine, with a real carrier."""
    set_up_logging("up")
    one_machine.run(read_settings(), typer.echo)


@app.command()
@plainly
def demo() -> None:
    """Everything at once with a simulated carrier: dial 12355 on a phone in the browser."""
    set_up_logging("demo")
    one_machine_demo.run(read_settings(), typer.echo)


def main() -> None:
    """Run the command line."""
    app()
