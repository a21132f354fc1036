"""Every text of a request is looked at once, before anything works with it: path, query, body.

Webhooks are not: their signed forms are cleaned instead (`hotline.web.voice.webhook`).
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from starlette.responses import Response
from starlette.types import Scope

from hotline.errors import NotFound
from hotline.texts import unfit
from hotline.web.addresses import WEBHOOKS
from hotline.web.errors import problem

UNFIT = (
    "The request holds a character that no text can hold, such as NUL. Remove it, then send it"
    " again. Nothing was stored."
)
TOO_DEEP = "The request is nested too deeply. Nothing was stored."


def refusal_of_texts(scope: Scope, body: bytes) -> Response | None:
    """What to answer instead of working on the request; None where all texts may stand."""
    if scope["path"].startswith(WEBHOOKS):
        return None
    if unfit(scope["path"]):  # there is nothing of such a name
        return problem(NotFound.status, NotFound.public, kind=NotFound.__name__)
    query = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    try:
        texts = [*(text for pair in query for text in pair), *_texts(_read(body))]
    except RecursionError:
        return problem(422, TOO_DEEP, kind="Invalid")
    return problem(422, UNFIT, kind="Invalid") if any(map(unfit, texts)) else None


def _read(body: bytes) -> Any:
    """What is no JSON is refused elsewhere, by whoever wants some."""
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from _texts(one)
