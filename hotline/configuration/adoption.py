"""A plan on trial becomes the plan of its line: as a version, so that a restart keeps it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import yaml

from hotline.configuration.edits import set_fields
from hotline.configuration.sets import Files, load_files
from hotline.configuration.versions import NewVersion, VersionOrigin, newest_version, put_in_force
from hotline.storage.session import Work
from hotline.storage.tables import Line
from routing.policy.reading import CareFile, CrisisLadderFile, PolicyFile, StageFile, WishesFile

LINES = "lines.yaml"
PARTS = (PolicyFile, CrisisLadderFile, StageFile, CareFile, WishesFile)
ORDER = [name for part in PARTS for name in part.model_fields]
"""As people write a plan; a database keeps no order."""


async def adopt_plan_on_trial(work: Work, line: Line, *, at: datetime) -> None:
    """Put the plan on trial in force. Raises `ConfigError` where the roster has left it behind."""
    document = dict(line.shadow_plan)
    line.shadow_plan = {}
    newest = await newest_version(work)
    if newest is None:  # nothing was ever applied: there are no files to write it into
        return
    files = with_plan(newest.files, line.id, document)
    new = NewVersion(
        files=files, wanted=load_files(files), origin=VersionOrigin.TRIAL, note=line.name
    )
    await put_in_force(work, new, at=at)


def with_plan(files: Files, line_id: str, document: Mapping[str, Any]) -> dict[str, str]:
    """The files with this plan for the line. A file that other lines use as well stays theirs."""
    lines = yaml.safe_load(files[LINES])["lines"]
    plans = {one["id"]: one.get("plan") for one in lines}
    path = plans.get(line_id)
    if path is None or list(plans.values()).count(path) > 1:
        path = f"plans/{line_id}.yaml"
    named = set_fields(files[LINES], "lines", line_id, {"plan": path})
    return {**files, LINES: named, path: _text_of(document)}


def _text_of(document: Mapping[str, Any]) -> str:
    text: str = yaml.safe_dump(
        _in_order(document), allow_unicode=True, sort_keys=False, default_flow_style=None
    )
    return f"# Tried beside the former plan, then taken over.\n{text}"


def _in_order(value: Any) -> Any:
    if isinstance(value, list):
        return [_in_order(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    known = [name for name in dict.fromkeys(ORDER) if name in value]
    return {name: _in_order(value[name]) for name in dict.fromkeys([*known, *value])}
