"""What is recorded, known to the process that answers callers: no webhook asks the database for it.

Read at the start, with each change that is announced, and now and then all the same, since an
announcement may be lost. What was known stays where reading fails: callers hear it on.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from hotline.errors import DatabaseAway
from hotline.prompts.queries import ActiveTake, active_takes, line_names, sound_address
from hotline.prompts.scripts import LANGUAGES, NamedLine, scripts_in
from hotline.settings import Settings
from hotline.storage.news import NextChanges, until_told
from hotline.storage.session import Database, Work
from hotline.storage.tables import PromptRecording
from ivr.model import Voice
from ivr.recorded import NOTHING_RECORDED, RecordedPrompts
from ivr.voices import Voices, listens_in

log = structlog.get_logger()

TOPIC = "prompt"
CONCERNED = frozenset({TOPIC, "configuration", "resync"})  # a line may have a new name


class KnownPrompts:
    """The voices of this installation, with what is recorded at present."""

    def __init__(
        self,
        named: Mapping[str, Voice] = MappingProxyType({}),
        *,
        recorded_first: bool = True,
    ) -> None:
        """Nothing is recorded before the first reading: a voice speaks."""
        self._named, self._recorded_first = named, recorded_first
        self._sounds: dict[str, bytes] = {}
        self.voices = self.voices_with(NOTHING_RECORDED)

    def voices_with(self, recorded: RecordedPrompts) -> Voices:
        """The voices, as if this were recorded."""
        return Voices(self._named, recorded, recorded_first=self._recorded_first)

    def sound(self, sha256: str) -> bytes | None:
        """A sound that callers hear at present."""
        return self._sounds.get(sha256)

    async def read(self, work: Work) -> None:
        """Read what is recorded, and the sounds that are new."""
        takes, lines = await active_takes(work), await line_names(work)
        self._sounds = await self._with_new(work, {take.sha256 for take in takes})
        self.voices = self.voices_with(recorded_prompts(takes, lines))

    async def _with_new(self, work: Work, wanted: set[str]) -> dict[str, bytes]:
        kept = {sha: sound for sha, sound in self._sounds.items() if sha in wanted}
        missing = wanted - kept.keys()
        if missing:
            row = PromptRecording
            query = select(row.sha256, row.sound).where(col(row.sha256).in_(missing))
            kept |= dict((await work.exec(query)).all())
        return kept

    async def keep_fresh(self, database: Database, next_changes: NextChanges) -> None:
        """Read again and again until cancelled. `next_changes` comes back without any in time."""
        while True:
            try:
                async with database.work() as work:
                    await self.read(work)
            except (DatabaseAway, SQLAlchemyError, OSError) as fault:
                log.warning("prompts.not_read", error=type(fault).__name__)
            await until_told(next_changes, CONCERNED)


def recorded_prompts(takes: Iterable[ActiveTake], lines: Iterable[NamedLine]) -> RecordedPrompts:
    """Of the takes in use, those whose words still stand so."""
    names = list(lines)
    scripts = {language: scripts_in(language, names) for language in LANGUAGES}
    urls = {
        (take.language, take.key): sound_address(take.sha256)
        for take in takes
        if scripts.get(take.language, {}).get(take.key) == take.script
    }
    named = {
        (language, line.script(language)): urls[language, line.key]
        for line in names
        for language in LANGUAGES
        if (language, line.key) in urls
    }
    return RecordedPrompts(urls, named)


def prompts_of(settings: Settings) -> KnownPrompts:
    """The voices of the settings, before it is known what is recorded."""
    named = {
        code: Voice(one.language, one.voice, one.gather or listens_in(code, one.language))
        for code, one in settings.named_voices.items()
    }
    return KnownPrompts(named, recorded_first=settings.recorded_prompts == "first")
