"""What is written down of a case, and news for everybody who looks at it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from hotline.staff.actor import SYSTEM, Actor
from hotline.storage.sealed import open_sealed, place_in
from hotline.storage.session import Work
from hotline.storage.tables import CaseEntry
from hotline.storage.vault import Vault

NOTE = "note"
READ = "case.read"


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


def keep_trace(
    work: Work, case_id: str, what: Iterable[str], *, by: Actor, at: datetime, **facts: Any
) -> None:
    """Somebody opened this. Silent: a page that looks again must not be told of its own look."""
    told = {"what": sorted(what), **facts}
    work.add(CaseEntry(case_id=case_id, at=at, kind=READ, actor=str(by), facts=told))


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEntrySeen:
    """One line of the timeline. `note`: None where there is none, or where it is not opened."""

    id: int
    case_id: str
    at: datetime
    kind: str
    actor: str
    facts: dict[str, Any]
    has_note: bool
    note: str | None


async def timeline_of(
    work: Work, ids: Iterable[str], *, vault: Vault | None = None
) -> Sequence[CaseEntrySeen]:
    """What was written down of these cases, in order. `vault`: where its reader opens the words."""
    query = select(CaseEntry).where(col(CaseEntry.case_id).in_(list(ids)))
    found = (await work.exec(query.order_by(col(CaseEntry.at), col(CaseEntry.id)))).all()
    return [_seen(entry, vault) for entry in found]


def _seen(entry: CaseEntry, vault: Vault | None) -> CaseEntrySeen:
    sealed = entry.facts.get(NOTE, "")
    opens = bool(sealed) and vault is not None
    return CaseEntrySeen(
        id=entry.id or 0,
        case_id=entry.case_id,
        at=entry.at,
        kind=entry.kind,
        actor=entry.actor,
        facts={key: value for key, value in entry.facts.items() if key != NOTE},
        has_note=bool(sealed),
        note=open_sealed(vault, entry, "facts", sealed) if opens and vault else None,
    )
