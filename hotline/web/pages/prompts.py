"""Prompts: how callers of each language hear each of them, and the place to record them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from string import Formatter
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlmodel import col, select

from hotline.errors import NotFound
from hotline.i18n.words import WORDS, label
from hotline.lines.flows import flow_of
from hotline.prompts.coverage import HeardAs, PromptHeard, count_heard, heard
from hotline.prompts.queries import TakeRow, sound_address, takes_in
from hotline.prompts.scripts import (
    LANGUAGES,
    NamedLine,
    keys_of_flow,
    number_words,
    script_of,
    scripts_in,
)
from hotline.settings import Settings
from hotline.staff.permissions import Permission
from hotline.storage.session import Work
from hotline.storage.tables import Line
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.pages.frame import Fragment, FragmentDep, FrameDep
from ivr.recorded import number_key, parts_of
from ivr.voices import Voices

router = APIRouter(include_in_schema=False)

OTHER = "other"


@dataclass(frozen=True, slots=True)
class ScriptRow:
    """Something that can be recorded: its words, the take in use, and those before."""

    key: str
    script: str
    takes: Sequence[TakeRow]

    @property
    def in_use(self) -> TakeRow | None:
        """The take that is chosen, whether or not its words still stand so."""
        return next((take for take in self.takes if take.active), None)

    @property
    def is_stale(self) -> bool:
        """Whether the words have changed since it was spoken: callers do not hear it then."""
        return self.in_use is not None and self.in_use.script != self.script


@dataclass(frozen=True, slots=True)
class PromptShown:
    """A prompt, how it is heard, where that can be listened to, and what can be recorded of it."""

    heard: PromptHeard
    text: str
    listens: Sequence[str]
    rows: Sequence[ScriptRow]


@router.get("/prompts")
async def prompts(
    frame: FrameDep, backend: BackendDep, work: WorkDep, line: str = "", language: str = ""
) -> HTMLResponse:
    """Of one line and one language; by itself the first line, and who has no voice first."""
    values = await _shown(frame, backend, work, line, language)
    return frame.page("prompts.html", **values)


@router.get("/prompts/list")
async def prompts_list(
    frame: FragmentDep, backend: BackendDep, work: WorkDep, line: str = "", language: str = ""
) -> HTMLResponse:
    """The list alone, after something was recorded."""
    values = await _shown(frame, backend, work, line, language)
    return frame.page("prompts_list.html", **values)


async def _shown(
    frame: Fragment, backend: Backend, work: Work, line_id: str, language: str
) -> dict[str, Any]:
    frame.require(Permission.KEEP_PROMPTS)
    lines = (await work.exec(select(Line).order_by(col(Line.id)))).all()
    line = next((one for one in lines if line_id in ("", one.id)), None)
    await backend.prompts.read(work)
    if line is None:
        raise NotFound
    voices = backend.prompts.voices.with_own(flow_of(line).voices)
    silent = (code for code in LANGUAGES if not voices.has(code))
    spoken_in = language or next(silent, LANGUAGES[0])
    if spoken_in not in LANGUAGES:
        raise NotFound
    name, keys = NamedLine(line.id, line.name, line.name_en), keys_of_flow(flow_of(line))
    counts = {code: count_heard(keys, code, name, voices) for code in LANGUAGES}
    scripts = scripts_in(spoken_in, [name])
    rows = _rows(scripts, await takes_in(work, spoken_in))
    shown = [
        _prompt(heard(key, spoken_in, name, voices), spoken_in, rows, voices, backend.settings)
        for key in keys
    ]
    return {
        "lines": lines,
        "line": line,
        "chosen": spoken_in,
        "counts": counts,
        "total": len(keys),
        "groups": _groups(shown),
        "names": [rows[name.key]],
        "numbers": [rows[number_key(number)] for number in number_words(spoken_in)],
        "has_voice": voices.has(spoken_in),
        "stands_in": HeardAs.STAND_IN,
        "stale": [row for row in rows.values() if row.is_stale],
        "sound_address": sound_address,
    }


def _rows(scripts: Mapping[str, str], takes: Sequence[TakeRow]) -> Mapping[str, ScriptRow]:
    return {
        key: ScriptRow(key, script, [take for take in takes if take.key == key])
        for key, script in scripts.items()
    }


def _prompt(
    said: PromptHeard,
    language: str,
    rows: Mapping[str, ScriptRow],
    voices: Voices,
    settings: Settings,
) -> PromptShown:
    script = script_of(said.key, language)
    parts = [rows[part.key] for part in parts_of(said.key, script) if part.key]
    listens = said.sounds or _read_by_machine(said, voices, settings)
    return PromptShown(said, _with_gaps_named(script), listens, parts)


def _read_by_machine(said: PromptHeard, voices: Voices, settings: Settings) -> Sequence[str]:
    """The demo's own voice. A real carrier's is heard on the telephone only."""
    if not settings.simulator_url:
        return ()
    tag = voices.of(said.language).say_language
    asked = urlencode({"text": said.text, "language": tag})
    return (f"{settings.simulator_url}/speech?{asked}",)


def _with_gaps_named(script: str) -> str:
    known = WORDS["gap"]
    pieces = Formatter().parse(script)
    return "".join(
        words + (label("gap", gap if gap in known else OTHER) if gap else "")
        for words, gap, _, _ in pieces
    )


def _groups(shown: Iterable[PromptShown]) -> Sequence[tuple[str, Sequence[PromptShown]]]:
    """By what they are for, in the order of the texts; what is for nothing of these comes last."""
    found: dict[str, list[PromptShown]] = {}
    for group, prompts_of_group in groupby(shown, key=lambda one: _group(one.heard.key)):
        found.setdefault(group, []).extend(prompts_of_group)
    return sorted(found.items(), key=lambda group: group[0] == OTHER)


def _group(key: str) -> str:
    first = key.partition(".")[0]
    return first if first in WORDS["prompt_group"] else OTHER
