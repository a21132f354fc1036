"""Holds every answer of the REST half against the shapes of `shapes.json`."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs

from hotline.carrier.rest import API

SHAPES: dict[str, Any] = json.loads(Path(__file__).with_name("shapes.json").read_text("utf-8"))
LIST = re.compile(r"/(Calls|Conferences|Participants|Messages|Recordings)\.json$")
SINGLE = re.compile(r"/(Call|Conference|Participant|Message|Recording)s/[^/]+\.json$")


async def check_shape(response: httpx.Response) -> None:
    """A hook of a test's client: it fails where an answer is not as the carrier's would be."""
    if not response.request.url.path.startswith(API):
        return
    await response.aread()
    name = shape_named(response)
    if name is not None and response.headers.get("Content-Type") == "application/json":
        complaint = against(name, response.json())
        assert not complaint, f"{response.request.url.path} is no {name}: {complaint}"


def shape_named(response: httpx.Response) -> str | None:
    """Which shape an answer is to have."""
    path = response.request.url.path
    if response.is_error:
        return "Error"
    if (found := LIST.search(path)) is not None:
        whole: str = found[1]
        return whole if response.request.method == "GET" else whole.removesuffix("s")
    return found[1] if (found := SINGLE.search(path)) is not None else None


def against(name: str, answer: object) -> str:
    """What is wrong with it, and where; nothing where it is as it should be."""
    faults = _validator(name).iter_errors(answer)
    return "; ".join(f"{list(fault.instance_path)} {fault.message}" for fault in faults)


@cache
def _validator(name: str) -> Any:
    return jsonschema_rs.validator_for(SHAPES | {"$ref": f"#/$defs/{name}"})
