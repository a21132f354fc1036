"""How a command ends that cannot do what it was asked."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import typer

from hotline.errors import HotlineError

P = ParamSpec("P")


def plainly(command: Callable[P, None]) -> Callable[P, None]:
    """Errors of ours end a command with their sentence, not with a stack trace."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except HotlineError as fault:
            typer.echo(fault.public, err=True)
            raise typer.Exit(1) from fault

    return run
