"""Files of what happens in the field: added, looked at, commented, taken away.

Who may is asked of what they belong to (`subjects`). Whoever looks at one is written into its
timeline before the first byte leaves.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_
from sqlmodel import col, select

from hotline.errors import Conflict, Forbidden, Invalid, NotFound
from hotline.fieldwork.pictures import KeptFile
from hotline.fieldwork.policy import KEPT_FOR, MOST_FILES, SAME_LOOK_FOR, TAKE_BACK_WITHIN
from hotline.fieldwork.shelf import Shelved
from hotline.fieldwork.subjects import FileDeed, Subject, rules_of
from hotline.staff.actor import Actor
from hotline.staff.sign_in import SignedIn
from hotline.storage.sealed import open_cell, seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import Attachment, Staff
from hotline.storage.vault import Vault

ADDED, OPENED = "file_added", "file_opened"
COMMENTED, REMOVED = "file_commented", "file_removed"
TOO_MANY = f"{MOST_FILES} files are here already: take one away that is not needed, then add it."
TOO_LATE = (
    "Ten minutes have passed since it was added: ask a supervisor of the line to take it away."
)
SAY_WHY = "Say why it is taken away. Nothing has changed until then."
NOT_YOURS = "Only whoever added a file writes its comment."


@dataclass(frozen=True, slots=True)
class OneFile:
    """A file as somebody names it: of this thing, or it is none."""

    subject: Subject
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """One file, for people. `may_remove`: the reader may take it away; `asks_why`: with a reason.

    `may_comment`: it is their own.
    """

    id: str
    kind: str
    size: int
    added_at: datetime
    added_by: str
    comment: str
    may_remove: bool
    asks_why: bool
    may_comment: bool


async def require_subject(work: Work, subject: Subject, who: SignedIn) -> bool:
    """Whether this person may also take away files of others. Raises `NotFound`, `Forbidden`."""
    return await rules_of(subject).require(work, subject.id, who)


async def require_place(work: Work, subject: Subject) -> None:
    """Raises `Conflict` where it has as many files as it may have."""
    if len(await _there(work, subject)) >= MOST_FILES:
        raise Conflict(TOO_MANY)


async def keep_file(
    work: Work,
    vault: Vault,
    subject: Subject,
    draft: Attachment,
    *,
    at: datetime,
) -> Attachment:
    """Write the row of a file that lies on the shelf, and that it was added.

    The subject is held from here on, and not while a picture is read: another file may have come
    meanwhile. Raises `Conflict` then.
    """
    await rules_of(subject).hold(work, subject.id)
    await require_place(work, subject)
    work.add(draft)
    deed = FileDeed(ADDED, draft.id)
    by = Actor.of_staff(draft.added_by)
    await rules_of(subject).tell(work, vault, subject.id, deed, by, at)
    return draft


def drafted(
    subject: Subject, kept: KeptFile, lies: Shelved, file_id: str, *, by: str, at: datetime
) -> Attachment:
    """The row of a file, not written yet."""
    return Attachment(
        id=file_id,
        subject_kind=subject.kind,
        subject_id=subject.id,
        kind=kept.kind,
        added_by=by,
        added_at=at,
        path=lies.path,
        small=len(kept.small),
        size=lies.size,
        sha256=lies.sha256,
        key_id=lies.key_id,
        keep_until=at + KEPT_FOR,
        due_at=at + KEPT_FOR,
    )


async def files_of(
    work: Work, vault: Vault, subject: Subject, who: SignedIn, *, at: datetime
) -> list[FileRow]:
    """Those that are there, the newest last, for whoever may see them."""
    oversees = await require_subject(work, subject, who)
    rows = await _there(work, subject)
    query = select(Staff.id, Staff.name).where(col(Staff.id).in_({one.added_by for one in rows}))
    names = dict((await work.exec(query)).all())
    return [
        FileRow(
            id=one.id,
            kind=one.kind,
            size=one.size - one.small,
            added_at=one.added_at,
            added_by=names.get(one.added_by, ""),
            comment=open_cell(vault, one, "comment_sealed"),
            may_remove=oversees or _may_take_back(one, who, at),
            asks_why=not _may_take_back(one, who, at),
            may_comment=one.added_by == who.staff_id,
        )
        for one in rows
    ]


async def file_to_open(
    work: Work, vault: Vault, asked: OneFile, who: SignedIn, *, at: datetime
) -> Attachment:
    """A file that somebody may see; that they do is written down, once for one look."""
    subject = asked.subject
    await require_subject(work, subject, who)
    one = await _one(work, asked)
    rules, by = rules_of(subject), Actor.of_staff(who.staff_id)
    deed = FileDeed(OPENED, one.id)
    if not await rules.last_looked(work, subject.id, deed, by, at - SAME_LOOK_FOR):
        await rules.tell(work, vault, subject.id, deed, by, at)
    return one


async def comment_file(
    work: Work, vault: Vault, asked: OneFile, who: SignedIn, text: str, *, at: datetime
) -> None:
    """What is to be seen on it, by whoever added it. Empty takes the comment away."""
    subject = asked.subject
    await require_subject(work, subject, who)
    one = await _one(work, asked)
    if one.added_by != who.staff_id:
        raise Forbidden(NOT_YOURS)
    one.comment_sealed = seal_cell(vault, one, "comment_sealed", text.strip())
    deed = FileDeed(COMMENTED, one.id)
    by = Actor.of_staff(who.staff_id)
    await rules_of(subject).tell(work, vault, subject.id, deed, by, at)


async def remove_file(
    work: Work, vault: Vault, asked: OneFile, who: SignedIn, why: str, *, at: datetime
) -> None:
    """Shown to nobody from now on, and erased at the next look. Removed already: fine.

    Whoever added it needs no reason within ten minutes; after that a supervisor does.
    """
    subject = asked.subject
    oversees = await require_subject(work, subject, who)
    one = await _one(work, asked, also_removed=True)
    if one.removed_at is not None:
        return
    mine = _may_take_back(one, who, at)
    if not (mine or oversees):
        raise Forbidden(TOO_LATE)
    if not (mine or why.strip()):
        raise Invalid(SAY_WHY)
    one.removed_at, one.due_at = at, at
    deed = FileDeed(REMOVED, one.id, why.strip())
    by = Actor.of_staff(who.staff_id)
    await rules_of(subject).tell(work, vault, subject.id, deed, by, at)


def _may_take_back(one: Attachment, who: SignedIn, at: datetime) -> bool:
    return one.added_by == who.staff_id and at - one.added_at <= TAKE_BACK_WITHIN


def _is_there(subject: Subject) -> ColumnElement[bool]:
    of_subject = and_(
        col(Attachment.subject_kind) == subject.kind, col(Attachment.subject_id) == subject.id
    )
    shown = col(Attachment.removed_at).is_(None) & col(Attachment.erased_at).is_(None)
    return of_subject & shown


async def _there(work: Work, subject: Subject) -> list[Attachment]:
    query = select(Attachment).where(_is_there(subject))
    in_order = query.order_by(col(Attachment.added_at), col(Attachment.id))
    return list((await work.exec(in_order)).all())


async def _one(work: Work, asked: OneFile, *, also_removed: bool = False) -> Attachment:
    """Held until the unit of work ends. Raises `NotFound`, also for a file of something else."""
    query = select(Attachment).where(Attachment.id == asked.id).with_for_update()
    found = (await work.exec(query.execution_options(populate_existing=True))).one_or_none()
    if found is None or Subject(found.subject_kind, found.subject_id) != asked.subject:
        raise NotFound
    gone = found.removed_at is not None or found.erased_at is not None
    if gone and not also_removed:
        raise NotFound
    return found
