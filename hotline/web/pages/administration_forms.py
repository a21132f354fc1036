"""The forms of records, looked at as the desk draws them, before and after they are in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs

import yaml
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from hotline.configuration.forms import read_form_text
from hotline.configuration.sets import PATH, Fault, Files, faults_of
from hotline.configuration.versions import newest_version
from hotline.errors import ConfigError, NotFound
from hotline.floor.record_form import FilledForm
from hotline.i18n.faults import fault_in_words
from hotline.records.forms.differences import FormDifference, differences
from hotline.records.forms.known import default_text
from hotline.records.forms.model import FormDefinition
from hotline.staff.permissions import Permission
from hotline.storage.session import Work
from hotline.web.deps import WorkDep
from hotline.web.pages.frame import FragmentDep, FrameDep

router = APIRouter(include_in_schema=False)

SHIPPED = "forms/shipped.yaml"  # what the shipped form is called where files are named
LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """A form's text: its faults, or the form and what it says otherwise than what is in force."""

    faults: Sequence[Fault] = ()
    filled: FilledForm | None = None
    is_new: bool = False
    changes: Sequence[FormDifference] = ()


@router.get("/administration/forms")
async def forms_page(frame: FrameDep, work: WorkDep, path: str = SHIPPED) -> HTMLResponse:
    """One form as it is in force, and which lines have it. Raises `NotFound`."""
    frame.require(Permission.SET_UP)
    files = await _files(work)
    if path not in files:
        raise NotFound
    return frame.page(
        "administration_forms.html",
        names=sorted(name for name in files if name.startswith("forms/")),
        file=path,
        shipped=SHIPPED,
        users=_users(files).get(path, ()),
        **_shown(look_at(path, files[path], files)),
    )


@router.post("/administration/forms")
async def form_preview(frame: FragmentDep, work: WorkDep, request: Request) -> HTMLResponse:
    """A text that is not in force: it is only looked at. Raises `NotFound`."""
    frame.require(Permission.SET_UP)
    sent = parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    path, text = sent.get("path", [""])[0], sent.get("text", [""])[0]
    if not PATH.fullmatch(path):
        raise NotFound
    found = look_at(path, text, await _files(work))
    return frame.page("administration_form_preview.html", file=path, **_shown(found))


async def _files(work: Work) -> dict[str, str]:
    newest = await newest_version(work)
    return {**(newest.files if newest is not None else {}), SHIPPED: default_text()}


def look_at(path: str, text: str, files: Files) -> LookedAt:
    """What comes of a text as this file."""
    try:
        form = read_form_text(path, text)
    except ConfigError as refusal:
        return LookedAt(faults=faults_of(refusal))
    before = _in_force(path, files)
    return LookedAt(
        filled=FilledForm(form=form, version=""),
        is_new=path not in files,
        changes=differences(before, form) if before is not None else (),
    )


def _in_force(path: str, files: Files) -> FormDefinition | None:
    """What a new file is compared with: the shipped form."""
    try:
        return read_form_text(path, files.get(path, files[SHIPPED]))
    except ConfigError:  # a newer version refuses what is in force
        return None


def _shown(found: LookedAt) -> Mapping[str, object]:
    return {"found": found, "languages": LANGUAGES, "fault_in_words": fault_in_words}


def _users(files: Files) -> Mapping[str, Sequence[str]]:
    """By form the lines that have it."""
    users: dict[str, list[str]] = {}
    for line in yaml.safe_load(files.get("lines.yaml", "lines: []"))["lines"]:
        users.setdefault(line.get("form", SHIPPED), []).append(line["id"])
    return users
