"""Words entered after the fact: late, dictated by a colleague, or from a paper form of an outage.

They stand beside the record and change nothing of it. Who they are of and who typed them are kept
apart for ever.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from sqlalchemy.orm import aliased
from sqlmodel import col, select

from hotline.errors import Invalid
from hotline.records.queries import keep_trace
from hotline.staff.model import Role
from hotline.storage.erased import require_kept
from hotline.storage.sealed import open_cell, seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import Call, RecordAddition, Staff
from hotline.storage.vault import Vault

NOT_A_COLLEAGUE = "Name a counselor or supervisor of this line whose words these are."
NOT_YET = "What is told of has to have happened already."
TOO_EARLY = "That is long before the call. Check the day and the time."
BEFORE_IT = timedelta(days=1)  # clocks and memories of an outage are not exact
AdditionWay = Literal["own", "dictated", "paper"]  # how the words came to whoever types them
WAYS: tuple[AdditionWay, ...] = get_args(AdditionWay)
KeptWay = AdditionWay | Literal["asked"]  # or the person asked for a correction: `hotline.rights`
WRITERS = frozenset({Role.COUNSELOR, Role.SUPERVISOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAddition:
    """What is to be entered. `author`: whose words, by their log-in name."""

    words: str
    way: KeptWay
    author: str
    typed_by: str
    happened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """Opened for its reader."""

    id: str
    author: str
    typed_by: str
    way: str
    happened_at: datetime
    typed_at: datetime
    words: str


async def add_to_record(
    work: Work, vault: Vault, call: Call, new: NewAddition, *, at: datetime
) -> None:
    """Enter it; the caller holds the call. Raises `IllegalMove` where that was erased.

    Raises `Invalid` for an author who is none, a time to come or long before.
    """
    require_kept(call)
    if new.happened_at > at:
        raise Invalid(NOT_YET)
    if new.happened_at < call.arrived_at - BEFORE_IT:
        raise Invalid(TOO_EARLY)
    author = await _author(work, call, new)
    added = RecordAddition(
        call_id=call.id,
        author_id=author.id,
        typed_by=new.typed_by,
        way=new.way,
        happened_at=new.happened_at,
        typed_at=at,
    )
    added.words_sealed = seal_cell(vault, added, "words_sealed", new.words)
    work.add(added)
    keep_trace(work, call.id, "record.added", new.typed_by, at=at)


async def _author(work: Work, call: Call, new: NewAddition) -> Staff:
    """One's own words are one's own; another's are those of somebody who works on the line."""
    if new.way == "own":
        return await work.get_one(Staff, new.typed_by)
    query = select(Staff).where(Staff.username == new.author)
    author = (await work.exec(query)).one_or_none()
    writes = author is not None and bool(WRITERS.intersection(author.roles))
    if author is None or not writes or not _had_to_do_with(call, author):
        raise Invalid(NOT_A_COLLEAGUE)
    return author


def _had_to_do_with(call: Call, author: Staff) -> bool:
    return call.line_id in author.lines or call.counselor_id == author.id


async def authors_for(work: Work, call: Call) -> list[Staff]:
    """Whose words could be entered for this call."""
    everybody = (await work.exec(select(Staff).order_by(col(Staff.name)))).all()
    return [
        one for one in everybody if WRITERS.intersection(one.roles) and _had_to_do_with(call, one)
    ]


async def additions_of(
    work: Work, vault: Vault, call_id: str, *, reader: str, at: datetime
) -> list[Addition]:
    """In the order they were typed. Reading leaves a trace where there is something to read."""
    author, typist = aliased(Staff), aliased(Staff)
    query = (
        select(RecordAddition, author.name, typist.name)
        .join(author, col(author.id) == col(RecordAddition.author_id))
        .join(typist, col(typist.id) == col(RecordAddition.typed_by))
        .where(RecordAddition.call_id == call_id)
        .order_by(col(RecordAddition.typed_at), col(RecordAddition.id))
    )
    found = (await work.exec(query)).all()
    if found:
        keep_trace(work, call_id, "record.read", reader, at=at)
    return [_opened(vault, *row) for row in found]


def _opened(vault: Vault, row: RecordAddition, author: str, typed_by: str) -> Addition:
    return Addition(
        id=row.id,
        author=author,
        typed_by=typed_by,
        way=row.way,
        happened_at=row.happened_at,
        typed_at=row.typed_at,
        words=open_cell(vault, row, "words_sealed"),
    )
