"""What a carrier says to callers when it cannot reach us at all: one static document a line.

To be hosted elsewhere, as the fallback of the line's number (RUNBOOK): words in the line's
languages, the duty phone, a supervisor's phone, and back to us. Made of the roster every hour.
"""

import asyncio
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import col, select

from hotline.i18n.prompts import spoken_prompts
from hotline.lines.numbers import NO_LINE
from hotline.ports import Clock
from hotline.storage.session import Database, Work
from hotline.storage.tables import Line, PhoneNumber
from ivr import twiml
from ivr.wording import spoken

EVERY = timedelta(hours=1)
BACK = "/voice/incoming"  # at the end of every document of ours


async def fallback_documents(work: Work, base_url: str, duty_phone: str) -> dict[str, str]:
    """By line. `base_url`: where we are once we can be reached again.

    `duty_phone`: of the house, for a line that has none of its own.
    """
    reached = select(PhoneNumber.line_id)  # a line that left the files has no number any more
    query = select(Line).where(Line.id != NO_LINE).where(col(Line.id).in_(reached))
    lines = (await work.exec(query.order_by(col(Line.id)))).all()
    return {line.id: _document(line, base_url, line.duty_phone or duty_phone) for line in lines}


def _document(line: Line, base_url: str, duty_phone: str) -> str:
    phones = [phone for phone in (duty_phone, line.supervisor_phone) if phone]
    key = "elsewhere" if phones else "sorry"  # nothing is said of a phone that does not ring
    words = [spoken(spoken_prompts(), key, one) for one in line.languages or ["cmn"]]
    return twiml.fallback_elsewhere(words, phones, back=f"{base_url}{BACK}")


def write_documents(folder: Path, documents: Mapping[str, str]) -> list[Path]:
    """Each is replaced as a whole; that of a line that is no more goes. Raises `OSError`.

    Only what we wrote ourselves goes: who hosts the folder may have put a page of theirs beside.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.xml"):
        if old.stem not in documents and BACK in old.read_text(errors="replace"):
            old.unlink()
    written = []
    for line_id, document in documents.items():
        part = folder / f".{line_id}.{os.getpid()}.part"
        part.write_text(document)
        written.append(part.replace(folder / f"{line_id}.xml"))
    return written


class FallbackWriter:
    """Writes them once an hour, and at its start."""

    def __init__(
        self, *, database: Database, clock: Clock, folder: Path, base_url: str, duty_phone: str
    ) -> None:
        """`folder`: from where they are taken to be hosted elsewhere."""
        self._database, self._clock, self._folder = database, clock, folder
        self._base_url, self._duty_phone = base_url, duty_phone
        self._written_at: datetime | None = None

    async def tick(self) -> None:
        """Write them where an hour has passed. Raises `OSError`."""
        now = self._clock.now()
        if self._written_at is not None and timedelta() <= now - self._written_at < EVERY:
            return
        async with self._database.work() as work:
            documents = await fallback_documents(work, self._base_url, self._duty_phone)
        await asyncio.to_thread(write_documents, self._folder, documents)
        self._written_at = now
