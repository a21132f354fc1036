"""How a command ends that cannot do what it was asked."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import typer

from hotline.errors import HotlineError

P = ParamSpec("P")


def plainly(command: Callable[P, None]) -> Callable[P, None]:
    """Errors of ours, and of the database, end a command with a sentence and not with a trace."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except HotlineError as fault:
            typer.echo(_known(fault) or fault.public, err=True)
            raise typer.Exit(1) from fault
        except (typer.Exit, typer.Abort):
            raise
        except Exception as fault:
            sentence = _known(fault)
            if sentence is None:
                raise
            typer.echo(sentence, err=True)
            raise typer.Exit(1) from fault

    return run


def _known(fault: BaseException) -> str | None:
    """What to do about a fault of the database, also where it is the cause of one of ours."""
    from hotline.storage.plain_words import said_of

    return said_of(fault) or (_known(fault.__cause__) if fault.__cause__ else None)
