"""What the rights desk shows: requests, holds, proofs; and one request, opened with a trace."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from hotline.cases.timeline import tell
from hotline.errors import NotFound
from hotline.records.queries import keep_trace
from hotline.rights.model import WAITING
from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission, Relation, require
from hotline.staff.sign_in import SignedIn
from hotline.storage.sealed import open_cell
from hotline.storage.session import Work
from hotline.storage.tables import Erasure, LegalHold, RightsRequest, Staff
from hotline.storage.vault import Vault

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """One line of the list: nothing of who asks, and nothing of what they wrote."""

    id: str
    line_id: str
    kind: str
    asker: str
    proved: str
    suspected: bool
    subject_kind: str
    subject_id: str
    received_at: datetime
    due_at: datetime
    state: str
    refusal: str
    answered_by: str | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedRequest:
    """Who asks, for what, and how they were answered, in their words and ours."""

    row: RequestRow
    who: str
    words: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRow:
    """A hold that is in force."""

    id: str
    subject_kind: str
    subject_id: str
    by_name: str
    at: datetime
    review_on: date
    reason: str


async def waiting_requests(work: Work, lines: Collection[str]) -> Sequence[RequestRow]:
    """What nobody has answered, the next due first."""
    query = select(RightsRequest).where(
        col(RightsRequest.state).in_(WAITING), col(RightsRequest.line_id).in_(lines)
    )
    return _rows((await work.exec(query.order_by(col(RightsRequest.due_at)))).all())


async def answered_requests(work: Work, lines: Collection[str]) -> Sequence[RequestRow]:
    """The last ones, the newest first."""
    query = select(RightsRequest).where(
        col(RightsRequest.state).not_in(WAITING), col(RightsRequest.line_id).in_(lines)
    )
    newest = query.order_by(col(RightsRequest.answered_at).desc()).limit(MOST_SHOWN)
    return _rows((await work.exec(newest)).all())


def _rows(found: Sequence[RightsRequest]) -> list[RequestRow]:
    return [row_of_request(one) for one in found]


def row_of_request(one: RightsRequest) -> RequestRow:
    """As lists and commands show it."""
    names = RequestRow.__dataclass_fields__
    return RequestRow(**{name: getattr(one, name) for name in names})


async def require_request(work: Work, request_id: str, who: SignedIn) -> RightsRequest:
    """A request of a line of theirs. Any other does not exist for them: `NotFound`."""
    row = await work.get(RightsRequest, request_id)
    if row is None:
        raise NotFound
    require_keeper(who, row.line_id)
    return row


def require_keeper(who: SignedIn, line_id: str) -> None:
    """Raises `NotFound` unless this person keeps the rights desk of the line."""
    standing = [Relation.LINE] if line_id in who.lines else []
    keeping = Permission.KEEP_RIGHTS
    require(who.roles, standing, keeping, to_know=keeping)


def open_request(
    work: Work, vault: Vault, row: RightsRequest, *, by_id: str, at: datetime
) -> OpenedRequest:
    """In clear. Who read it is kept with what it is about."""
    leave_trace(work, row.subject_kind, row.subject_id, "rights.read", by_id=by_id, at=at)
    return OpenedRequest(
        row=row_of_request(row),
        who=open_cell(vault, row, "asker_sealed"),
        words=open_cell(vault, row, "words_sealed"),
        answer=open_cell(vault, row, "answer_sealed"),
    )


def leave_trace(
    work: Work, subject_kind: str, subject_id: str, kind: str, *, by_id: str, at: datetime
) -> None:
    """In the timeline of the call or the case; the audit takes what is a look."""
    if subject_kind == "case":
        tell(work, subject_id, kind, at=at, actor=Actor.of_staff(by_id))
    else:
        keep_trace(work, subject_id, kind, by_id, at=at)


async def holds_of(work: Work, vault: Vault, lines: Collection[str]) -> list[HoldRow]:
    """Those in force, the next to be looked at first. Reasons are for those who keep the desk."""
    query = (
        select(LegalHold, Staff.name)
        .join(Staff, col(Staff.id) == col(LegalHold.by))
        .where(col(LegalHold.lifted_at).is_(None), col(LegalHold.line_id).in_(lines))
        .order_by(col(LegalHold.review_on))
    )
    return [
        HoldRow(
            id=one.id,
            subject_kind=one.subject_kind,
            subject_id=one.subject_id,
            by_name=name,
            at=one.at,
            review_on=one.review_on,
            reason=open_cell(vault, one, "reason_sealed"),
        )
        for one, name in (await work.exec(query)).all()
    ]


async def erasures_of(work: Work, lines: Collection[str]) -> Sequence[Erasure]:
    """The last proofs, the newest first."""
    query = select(Erasure).where(col(Erasure.line_id).in_(lines))
    return (await work.exec(query.order_by(col(Erasure.at).desc()).limit(MOST_SHOWN))).all()
