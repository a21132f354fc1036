"""What is written down of a case, and news for everybody who looks at it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hotline.staff.actor import SYSTEM, Actor
from hotline.storage.sealed import place_in
from hotline.storage.session import Work
from hotline.storage.tables import CaseEntry
from hotline.storage.vault import Vault

NOTE = "note"


def tell(
    work: Work, case_id: str, kind: str, *, at: datetime, actor: Actor = SYSTEM, **facts: Any
) -> CaseEntry:
    """One entry. `facts`: ids and codes only; words are sealed by `tell_in_words`."""
    entry = CaseEntry(case_id=case_id, at=at, kind=kind, actor=str(actor), facts=facts)
    work.add(entry)
    work.announce("case", case_id)
    return entry


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAct:
    """Who does something to a case, when, and what their words are sealed with."""

    vault: Vault
    by: Actor
    at: datetime


def tell_in_words(
    work: Work, act: CaseAct, case_id: str, kind: str, words: str, **facts: Any
) -> CaseEntry:
    """An entry with what somebody wrote, sealed for it. Without words, as `tell`."""
    if words:
        place = place_in(CaseEntry, "facts", case_id=case_id, kind=kind, at=act.at)
        facts[NOTE] = act.vault.seal(words, place=place)
    return tell(work, case_id, kind, at=act.at, actor=act.by, **facts)
