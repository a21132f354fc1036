"""The processes: one each, or all at once."""

from typing import Annotated

import typer

from hotline.cli.plainly import plainly


@plainly
def serve(
    fd: Annotated[int | None, typer.Option(help="A listening socket handed down to us.")] = None,
) -> None:
    """Answer the carrier's webhooks, the API and the pages."""
    from hotline.commands.serve import serve as answer
    from hotline.log import set_up_logging
    from hotline.settings import read_settings

    set_up_logging("web")
    answer(read_settings(), fd)


@plainly
def switchboard() -> None:
    """Bring callers and counselors together, and press open escalations on."""
    import asyncio

    from hotline.bootstrap import run_switchboard
    from hotline.log import set_up_logging
    from hotline.settings import read_settings

    set_up_logging("switchboard")
    asyncio.run(run_switchboard(read_settings()))


@plainly
def auditor() -> None:
    """Watch all other processes, and ring people when something waits for too long."""
    import asyncio

    from hotline.bootstrap_watch import run_auditor
    from hotline.log import set_up_logging
    from hotline.settings import read_settings

    set_up_logging("auditor")
    asyncio.run(run_auditor(read_settings()))


@plainly
def worker() -> None:
    """Run the jobs that the others ask for."""
    from hotline.bootstrap import run_worker
    from hotline.log import set_up_logging
    from hotline.settings import read_settings

    set_up_logging("worker")
    run_worker(read_settings())


@plainly
def up() -> None:
    """Everything at once on one machine, with a real carrier."""
    from hotline.log import set_up_logging
    from hotline.onemachine.up import run
    from hotline.settings import read_settings

    set_up_logging("up")
    run(read_settings(), typer.echo)


@plainly
def demo() -> None:
    """Everything at once with a simulated carrier: dial 12355 on a phone in the browser."""
    from hotline.log import set_up_logging
    from hotline.onemachine.demo import run
    from hotline.settings import read_settings

    set_up_logging("demo")
    run(read_settings(), typer.echo)
