"""With which voices this process answers callers."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from starlette.types import ASGIApp, Receive, Scope, Send

from hotline.lines.flows import flow_of
from hotline.prompts.known import KnownPrompts
from hotline.storage.tables import Line
from ivr.voices import present_voices, speaking_with

Rest = ParamSpec("Rest")
ForLine = Callable[Concatenate[Line, Rest], str]


def by_own_voices(render: ForLine[Rest]) -> ForLine[Rest]:
    """A document of a line is spoken by the voices that its flow names, else by those of all."""

    @wraps(render)
    def rendered(line: Line, /, *rest: Rest.args, **named: Rest.kwargs) -> str:
        own = flow_of(line).voices
        if not own:
            return render(line, *rest, **named)
        with speaking_with(present_voices().with_own(own)):
            return render(line, *rest, **named)

    return rendered


class SpeaksWithVoices:
    """Every document that is made in here is spoken by the voices of this installation."""

    def __init__(self, app: ASGIApp, prompts: KnownPrompts) -> None:
        """Wraps the application."""
        self._app, self._prompts = app, prompts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with what is recorded at this moment."""
        with speaking_with(self._prompts.voices):
            await self._app(scope, receive, send)
