"""What callers hear: how each prompt is said, and what somebody recorded for it."""

from collections.abc import Mapping
from datetime import datetime

from anyio import to_thread
from fastapi import APIRouter, Request
from pydantic import BaseModel

from hotline.errors import Conflict, NotFound
from hotline.lines.flows import flow_of
from hotline.prompts.coverage import HeardAs, count_heard, heard
from hotline.prompts.queries import TakeRow, sound_address, takes_in
from hotline.prompts.scripts import LANGUAGES, NamedLine, keys_of_flow, scripts_in
from hotline.prompts.service import keep_take, put_aside, script_to_read, use_take
from hotline.prompts.sound import check_sound
from hotline.storage.tables import Line
from hotline.web.api.refusals import Responses, refuses
from hotline.web.auth import PromptKeeper
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

SOUND_BODY = {
    "requestBody": {
        "required": True,
        "content": {"audio/wav": {"schema": {"type": "string", "format": "binary"}}},
    }
}
REFUSED: Responses = {422: {"description": "A sound that callers should not hear; why."}}
STALE = refuses(Conflict.public, kind="Conflict")

router = APIRouter(tags=["prompts"], route_class=IdempotentRoute)


class HeardPrompt(BaseModel):
    """How callers hear a prompt. `language`: in which; `sounds`: what is played, if any."""

    key: str
    how: HeardAs
    language: str
    text: str
    sounds: list[str]


class PromptsOfLanguage(BaseModel):
    """The prompts of one language on one line. `scripts`: key → words that can be recorded."""

    language: str
    counts: dict[HeardAs, int]
    prompts: list[HeardPrompt]
    scripts: Mapping[str, str]


class Take(BaseModel):
    """One take. `is_stale`: its words have changed since."""

    id: str
    key: str
    script: str
    seconds: float
    who: str
    created_at: datetime
    active: bool
    is_stale: bool
    sound: str


class Kept(BaseModel):
    """What was kept. `notes`: `quiet`, `clipped`: callers hear it, but better record it again."""

    id: str
    seconds: float
    notes: list[str]
    sound: str


@router.get("/prompts/{language}")
async def list_prompts(
    backend: BackendDep, work: WorkDep, _who: PromptKeeper, language: str, line: str
) -> PromptsOfLanguage:
    """How each prompt of a line is said in a language, and what can be recorded."""
    row = await work.get(Line, line)
    if row is None or language not in LANGUAGES:
        raise NotFound
    flow = flow_of(row)
    name, keys = NamedLine(row.id, row.name, row.name_en), keys_of_flow(flow)
    await backend.prompts.read(work)
    voices = backend.prompts.voices.with_own(flow.voices)
    said = [heard(key, language, name, voices) for key in keys]
    return PromptsOfLanguage(
        language=language,
        counts=dict(count_heard(keys, language, name, voices)),
        prompts=[
            HeardPrompt(
                key=one.key,
                how=one.how,
                language=one.language,
                text=one.text,
                sounds=list(one.sounds),
            )
            for one in said
        ],
        scripts=scripts_in(language, [name]),
    )


@router.get("/prompts/{language}/keys/{key}/takes")
async def list_takes(work: WorkDep, _who: PromptKeeper, language: str, key: str) -> list[Take]:
    """All takes of a prompt or a part of one, the newest first."""
    script = await script_to_read(work, language, key)
    return [_take(row, script) for row in await takes_in(work, language, key)]


@router.post(
    "/prompts/{language}/keys/{key}/takes",
    status_code=201,
    responses=REFUSED,
    openapi_extra=SOUND_BODY,
)
async def keep(
    request: Request,
    backend: BackendDep,
    work: CommandWork,
    who: PromptKeeper,
    language: str,
    key: str,
) -> Kept:
    """From now on callers hear this: a WAV file, 16 bits, one channel, 8,000 samples a second."""
    sound = await to_thread.run_sync(check_sound, await request.body())
    at = backend.clock.now()
    take = await keep_take(work, language, key, sound, staff_id=who.staff_id, at=at)
    address = sound_address(take.sha256)
    return Kept(id=take.id, seconds=take.seconds, notes=list(sound.notes), sound=address)


@router.post("/prompts/takes/{take_id}/use", status_code=204, responses=STALE)
async def use(work: CommandWork, _who: PromptKeeper, take_id: str) -> None:
    """Callers hear an older take again."""
    await use_take(work, take_id)


@router.delete("/prompts/{language}/keys/{key}", status_code=204)
async def set_aside(work: WorkDep, _who: PromptKeeper, language: str, key: str) -> None:
    """Callers hear the voice again, or who stands in. No take was in use: fine."""
    await script_to_read(work, language, key)
    await put_aside(work, language, key)


def _take(row: TakeRow, script: str) -> Take:
    return Take(
        id=row.id,
        key=row.key,
        script=row.script,
        seconds=row.seconds,
        who=row.who,
        created_at=row.created_at,
        active=row.active,
        is_stale=row.script != script,
        sound=sound_address(row.sha256),
    )
