"""What people do with a text: read its words, which leaves a trace, and say it is dealt with."""

from datetime import datetime

import structlog

from hotline.errors import NotFound
from hotline.storage.session import Work
from hotline.storage.tables import TextMessage, TextReading
from hotline.storage.vault import Vault
from hotline.texting.asking import TOPIC, body_place

log = structlog.get_logger()

ERASED = "Its words were erased."


def read_text(work: Work, vault: Vault, text: TextMessage, staff_id: str, *, at: datetime) -> str:
    """The words, and that they were read by whom. Raises `NotFound` where they were erased."""
    if not text.body_sealed:
        raise NotFound(ERASED)
    work.add(TextReading(text_id=text.id, staff_id=staff_id, at=at))
    log.info("text.read", text_id=text.id, staff_id=staff_id)
    return vault.open(text.body_sealed, place=body_place(text.id))


def deal_with(work: Work, text: TextMessage, staff_id: str, *, at: datetime) -> None:
    """Somebody did what there was to do about a held text. Done already: fine."""
    if text.dealt_at is None:
        text.dealt_at, text.dealt_by_id = at, staff_id
        work.announce(TOPIC, text.id)
