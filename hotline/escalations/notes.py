"""Entries of a timeline with words that a person wrote, which are sealed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hotline.escalations.timeline import add_escalation_entry
from hotline.staff.actor import Actor
from hotline.storage.sealed import place_in
from hotline.storage.session import Work
from hotline.storage.tables import Escalation, EscalationEntry
from hotline.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class SealedNote:
    """What a person wrote, and to what. `facts`: what is told beside it, for everybody to see."""

    kind: str
    words: str
    facts: Mapping[str, str | int] = field(default_factory=dict)


def add_note(
    work: Work, vault: Vault, escalation: Escalation, said: SealedNote, *, by: Actor, at: datetime
) -> None:
    """An entry with words, which are bound to it: moved to another one they do not open."""
    sealed: dict[str, str] = {}
    if said.words.strip():
        key = {"escalation_id": escalation.id, "kind": said.kind, "at": at}
        place = place_in(EscalationEntry, "facts", **key)
        sealed["note"] = vault.seal(said.words, place=place)
    add_escalation_entry(work, escalation, said.kind, at=at, actor=by, **said.facts, **sealed)
