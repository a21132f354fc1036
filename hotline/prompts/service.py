"""Takes are kept, put into use, and put aside. Each change is announced to who answers callers."""

from datetime import datetime

from sqlalchemy import text, update
from sqlmodel import col

from hotline.errors import Conflict, NotFound
from hotline.prompts.known import TOPIC
from hotline.prompts.queries import line_names
from hotline.prompts.scripts import LANGUAGES, scripts_in
from hotline.prompts.sound import CheckedSound
from hotline.storage.session import Work
from hotline.storage.tables import PromptRecording

ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtext(:what))")  # two people may keep one
WORDS_CHANGED = "Its words have changed since it was recorded: record it again."


async def script_to_read(work: Work, language: str, key: str) -> str:
    """The words to read aloud. Raises `NotFound` for what cannot be recorded."""
    if language not in LANGUAGES:
        raise NotFound
    script = scripts_in(language, await line_names(work)).get(key)
    if script is None:
        raise NotFound
    return script


async def keep_take(
    work: Work, language: str, key: str, sound: CheckedSound, *, staff_id: str, at: datetime
) -> PromptRecording:
    """From now on callers hear this. Raises `NotFound`."""
    script = await script_to_read(work, language, key)
    await put_aside(work, language, key)
    take = PromptRecording(
        language=language,
        key=key,
        script=script,
        sha256=sound.sha256,
        sound=sound.wav,
        seconds=sound.seconds,
        staff_id=staff_id,
        created_at=at,
    )
    work.add(take)
    return take


async def use_take(work: Work, take_id: str) -> None:
    """Callers hear an older take again. Raises `NotFound`, or `Conflict` where it is stale."""
    take = await work.get(PromptRecording, take_id)
    if take is None:
        raise NotFound
    if take.script != await script_to_read(work, take.language, take.key):
        raise Conflict(WORDS_CHANGED)
    await put_aside(work, take.language, take.key)
    await work.flush()
    take.active = True


async def put_aside(work: Work, language: str, key: str) -> None:
    """No take of this is in use: the voice speaks, or who stands in. None was: fine."""
    await work.sql(ONE_AT_A_TIME, {"what": f"{TOPIC} {language} {key}"})
    row = PromptRecording
    in_use = update(row).where(col(row.language) == language, col(row.key) == key, col(row.active))
    await work.exec(in_use.values(active=False))
    work.announce(TOPIC, key)
