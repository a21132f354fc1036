"""Requests are taken down, answered by a supervisor, and carried out with the answer.

To a guardian who is suspected of the harm nothing goes by one supervisor's word: a second one
confirms. A refusal has its reason and its words; so has what was done only in part.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import select

from hotline.calls.service import lock_call
from hotline.cases.model import LinkKind
from hotline.cases.queries import case_of, together
from hotline.cases.service import lock_kept_case
from hotline.errors import Forbidden, IllegalMove, Invalid, NotFound
from hotline.handovers.guardians import has_block
from hotline.rights.erasing import ErasureOrder, erase_call, erase_case, erase_what_need_not_be_kept
from hotline.rights.model import (
    ANSWER_WITHIN,
    AskerProof,
    RequestEvent,
    RequestState,
    RightsAsker,
    RightsKind,
    RightsRefusal,
    after,
)
from hotline.rights.retention import Obstacle, obstacle_of_call, obstacle_of_case
from hotline.staff.actor import Actor
from hotline.storage.erased import require_kept
from hotline.storage.sealed import seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import Call, RightsRequest
from hotline.storage.tables.columns import new_id
from hotline.storage.vault import Vault

WHO_ASKS = "Write who asks, and how they can be answered."
PROVED = "It was noted already how they showed who they are."
IN_WORDS = "Write the answer in the words in which they are told."
NOT_PROVED = "First note how they showed who they are; until then only a refusal can be given."
ANOTHER_ONE = (
    "This guardian is suspected of the harm: a second supervisor confirms what you propose."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsDeed:
    """Who does something to a request, when, and what words are sealed with."""

    vault: Vault
    by_id: str
    at: datetime
    kept_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    """As it was taken down."""

    line_id: str
    kind: RightsKind
    asker: RightsAsker
    proved: AskerProof
    subject_kind: str
    subject_id: str
    who: str
    words: str


async def take_down(work: Work, new: NewRequest, deed: RightsDeed) -> RightsRequest:
    """Somebody asks. Raises `Invalid`."""
    if not new.who.strip():
        raise Invalid(WHO_ASKS)
    row = RightsRequest(
        id=new_id(),
        line_id=new.line_id,
        kind=new.kind,
        asker=new.asker,
        proved=new.proved,
        suspected=await _is_suspected(work, new),
        subject_kind=new.subject_kind,
        subject_id=new.subject_id,
        received_at=deed.at,
        received_by=deed.by_id,
        due_at=deed.at + ANSWER_WITHIN,
    )
    row.asker_sealed = seal_cell(deed.vault, row, "asker_sealed", new.who.strip())
    row.words_sealed = seal_cell(deed.vault, row, "words_sealed", new.words.strip())
    work.add(row)
    return row


async def _is_suspected(work: Work, asked: NewRequest | RightsRequest) -> bool:
    """Any guardian of a case in which one is suspected: who of them asks is not known for sure."""
    if asked.asker != RightsAsker.GUARDIAN:
        return False
    if asked.subject_kind == "case":
        return await has_block(work, await together(work, asked.subject_id), "")
    call = await work.get_one(Call, asked.subject_id)
    case_id = await case_of(work, LinkKind.CALL, call.id)
    cases = await together(work, case_id) if case_id is not None else frozenset()
    return await has_block(work, cases, call.from_index)


async def is_suspected_since(work: Work, granted: RightsRequest) -> bool:
    """Whether two supervisors would have to say yes by now, where one has."""
    return not granted.suspected and await _is_suspected(work, granted)


async def lock_request(work: Work, request_id: str) -> RightsRequest:
    """Held until the unit of work ends. Raises `NotFound`."""
    query = select(RightsRequest).where(RightsRequest.id == request_id).with_for_update()
    row = (await work.exec(query.execution_options(populate_existing=True))).one_or_none()
    if row is None:
        raise NotFound
    return row


def prove(row: RightsRequest, proved: AskerProof) -> None:
    """How they showed who they are. Raises `IllegalMove` where it was answered already.

    It is not taken back: a second supervisor may have that proof before them.
    """
    after(row.state, RequestEvent.WITHDRAWN)
    if proved == AskerProof.NOT_YET and row.proved != AskerProof.NOT_YET:
        raise IllegalMove(PROVED)
    row.proved = proved


def refuse_request(
    row: RightsRequest, deed: RightsDeed, *, refusal: RightsRefusal, words: str
) -> None:
    """Why not, in words that they are told. Raises `Invalid`, `IllegalMove`."""
    _close(row, RequestEvent.REFUSED, deed, words)
    row.refusal = refusal


def withdraw_request(row: RightsRequest, deed: RightsDeed) -> None:
    """They do not ask any more."""
    row.state = after(row.state, RequestEvent.WITHDRAWN)
    row.answered_by, row.answered_at = deed.by_id, deed.at


async def grant(work: Work, row: RightsRequest, deed: RightsDeed, *, words: str) -> None:
    """Yes, and it is carried out at once: what must be kept stays, and the answer says why.

    Raises `Invalid`, `IllegalMove`; `Forbidden` where the second word comes from the first person.
    """
    if row.proved == AskerProof.NOT_YET:
        raise Invalid(NOT_PROVED)
    row.suspected = row.suspected or await _is_suspected(work, row)  # perhaps since it was asked
    if row.suspected and row.state == RequestState.OPEN:
        _close(row, RequestEvent.PROPOSED, deed, words)
        return
    if row.state == RequestState.PROPOSED and row.answered_by == deed.by_id:
        raise Forbidden(ANOTHER_ONE)
    proposed_by = row.answered_by
    obstacle = await _carry_out(work, row, deed)
    event = RequestEvent.GRANTED if obstacle is None else RequestEvent.PARTLY
    _close(row, event, deed, words)
    row.refusal = "" if obstacle is None else obstacle.why
    if proposed_by is not None:
        row.answered_by, row.confirmed_by = proposed_by, deed.by_id


def _close(row: RightsRequest, event: RequestEvent, deed: RightsDeed, words: str) -> None:
    if not words.strip():
        raise Invalid(IN_WORDS)
    row.state = after(row.state, event)
    row.answered_by, row.answered_at = deed.by_id, deed.at
    row.answer_sealed = seal_cell(deed.vault, row, "answer_sealed", words.strip())


async def _carry_out(work: Work, row: RightsRequest, deed: RightsDeed) -> Obstacle | None:
    """Deleting is done with the answer; a copy and a correction are acts of their own."""
    if row.kind != RightsKind.DELETE:
        return None
    order = ErasureOrder(
        why="request",
        by=Actor.of_staff(deed.by_id),
        at=deed.at,
        kept_days=deed.kept_days,
        request_id=row.id,
    )
    if row.subject_kind == "case":
        return await _erase_case(work, row.subject_id, order)
    return await _erase_call(work, row.subject_id, order)


async def _erase_call(work: Work, call_id: str, order: ErasureOrder) -> Obstacle | None:
    call = await lock_call(work, call_id)
    require_kept(call)
    obstacle = await obstacle_of_call(work, call, kept_days=order.kept_days, at=order.at)
    if obstacle is None:
        await erase_call(work, call, order)
    elif obstacle.why is RightsRefusal.KEPT_BY_LAW:
        await erase_what_need_not_be_kept(work, call, order)
    return obstacle


async def _erase_case(work: Work, case_id: str, order: ErasureOrder) -> Obstacle | None:
    case = await lock_kept_case(work, case_id)
    obstacle = await obstacle_of_case(work, case, kept_days=order.kept_days, at=order.at)
    if obstacle is None:
        await erase_case(work, case, await together(work, case.id), order)
    return obstacle
