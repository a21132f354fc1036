"""What files can belong to. Who may see and change them is asked of the package it is of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlmodel import col, select

from hotline.cases.model import CaseState, LinkKind
from hotline.cases.queries import case_for
from hotline.errors import NotFound
from hotline.escalations.model import EscalationState
from hotline.escalations.notes import SealedNote, add_note
from hotline.escalations.progress import lock_escalation
from hotline.escalations.queries import require_escalation
from hotline.escalations.timeline import add_escalation_entry
from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission, may
from hotline.staff.sign_in import SignedIn
from hotline.storage.held import is_call_held
from hotline.storage.session import Work
from hotline.storage.tables import Escalation, EscalationEntry
from hotline.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that files belong to."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class FileDeed:
    """What somebody did with a file. `words`: why, where they must say it."""

    kind: str
    file_id: str
    words: str = ""


class SubjectRules(Protocol):
    """How a package answers for the files of its things."""

    async def require(self, work: Work, subject_id: str, who: SignedIn) -> bool:
        """Whether this person may also take away files of others.

        Raises `NotFound` and `Forbidden` where its files are not theirs to see.
        """
        ...

    async def hold(self, work: Work, subject_id: str) -> None:
        """Held until the unit of work ends: files are counted under it."""
        ...

    async def tell(
        self, work: Work, vault: Vault, subject_id: str, deed: FileDeed, by: Actor, at: datetime
    ) -> None:
        """Into its timeline."""
        ...

    async def last_looked(
        self, work: Work, subject_id: str, deed: FileDeed, by: Actor, since: datetime
    ) -> bool:
        """Whether the same was told of the same person since then."""
        ...

    async def is_open(self, work: Work, subject_id: str) -> bool:
        """Whether somebody still answers for it: what may be proof is not erased meanwhile."""
        ...

    async def is_held(self, work: Work, subject_id: str) -> bool:
        """Whether nothing of it is erased, by a person's word."""
        ...


class OfEscalations:
    """Files of an escalation: of whoever may read its story."""

    async def require(self, work: Work, subject_id: str, who: SignedIn) -> bool:
        """A supervisor may take away what others added."""
        standing = await require_escalation(work, subject_id, who, Permission.READ_STORY)
        return may(who.roles, standing, Permission.OVERSEE_ESCALATION)

    async def hold(self, work: Work, subject_id: str) -> None:
        """As every command on it does."""
        await lock_escalation(work, subject_id)

    async def tell(
        self, work: Work, vault: Vault, subject_id: str, deed: FileDeed, by: Actor, at: datetime
    ) -> None:
        """Words are sealed, the id of the file is told."""
        escalation = await work.get_one(Escalation, subject_id)
        facts = {"file_id": deed.file_id}
        if deed.words:
            said = SealedNote(f"escalation.{deed.kind}", deed.words, facts)
            add_note(work, vault, escalation, said, by=by, at=at)
        else:
            kind = f"escalation.{deed.kind}"
            add_escalation_entry(work, escalation, kind, at=at, actor=by, **facts)

    async def last_looked(
        self, work: Work, subject_id: str, deed: FileDeed, by: Actor, since: datetime
    ) -> bool:
        """By its timeline."""
        query = select(EscalationEntry.id).where(
            EscalationEntry.escalation_id == subject_id,
            EscalationEntry.kind == f"escalation.{deed.kind}",
            EscalationEntry.actor == str(by),
            col(EscalationEntry.facts)["file_id"].astext == deed.file_id,
            EscalationEntry.at > since,
        )
        return (await work.exec(query.limit(1))).first() is not None

    async def is_open(self, work: Work, subject_id: str) -> bool:
        """Not closed by a person, or of a case that is not."""
        escalation = await work.get(Escalation, subject_id)
        if escalation is None:
            return False
        if escalation.state != EscalationState.CLOSED:
            return True
        belongs = (LinkKind.ESCALATION, subject_id), (LinkKind.CALL, escalation.call_id)
        cases = [await case_for(work, kind, key) for kind, key in belongs]
        return any(case is not None and case.state != CaseState.CLOSED for case in cases)

    async def is_held(self, work: Work, subject_id: str) -> bool:
        """As its call, and the case that it belongs to."""
        escalation = await work.get(Escalation, subject_id)
        return escalation is not None and await is_call_held(work, escalation.call_id)


ESCALATION = "escalation"
_RULES: Mapping[str, SubjectRules] = {ESCALATION: OfEscalations()}
NO_SUCH_SUBJECT = "Files can be added to escalations only. Nothing was stored."


def rules_of(subject: Subject) -> SubjectRules:
    """Raises `NotFound` for what nobody here answers for."""
    rules = _RULES.get(subject.kind)
    if rules is None:
        raise NotFound(NO_SUCH_SUBJECT)
    return rules
