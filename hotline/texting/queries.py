"""Texts as the staff of their lines see them: masked, and without their words."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import aliased
from sqlmodel import col, func, select

from hotline.errors import NotFound
from hotline.staff.permissions import Permission, Relation, require
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Line, Staff, TextConsent, TextMessage
from hotline.texting.words import Meaning

LISTED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """One text. `why`: of one that came in, what it means; of ours, the template.

    `by`, `dealt_by`: by name; empty: the system, nobody yet. `for_person`: somebody must look.
    `error`: why it was not sent, in a word. `answers`: the template of ours that it answers.
    """

    id: str
    line_id: str
    line_name: str
    line_name_en: str
    direction: str
    masked: str
    why: str
    answers: str
    language: str
    state: str
    segments: int
    at: datetime
    due_at: datetime | None
    callback_id: str | None
    call_id: str | None
    by: str
    for_person: bool
    dealt_by: str
    error: str
    erased: bool


async def list_texts(work: Work, who: SignedIn) -> list[TextRow]:
    """Of their lines: what waits for a person, danger first, then the oldest; then all others."""
    return [*await _rows(work, who, waiting=True), *await _rows(work, who, waiting=False)]


async def _rows(work: Work, who: SignedIn, *, waiting: bool) -> list[TextRow]:
    at, dealt_by = col(TextMessage.created_at), aliased(Staff)
    danger_first = col(TextMessage.why) != Meaning.DANGER
    waits = col(TextMessage.for_person) & col(TextMessage.dealt_at).is_(None)
    query = (
        select(TextMessage, Line, Staff.name, dealt_by.name)
        .join(Line, col(Line.id) == col(TextMessage.line_id))
        .join(Staff, col(Staff.id) == col(TextMessage.by_id), isouter=True)
        .join(dealt_by, col(dealt_by.id) == col(TextMessage.dealt_by_id), isouter=True)
        .where(col(TextMessage.line_id).in_(who.lines), waits if waiting else ~waits)
        .order_by(*(danger_first, at) if waiting else (at.desc(),))
        .limit(LISTED)
    )
    found = (await work.exec(query)).all()
    asked = await _templates(work, {text.answers_id for text, *_ in found if text.answers_id})
    return [
        _row(
            text, line, by or "", dealt_by=name or "", answers=asked.get(text.answers_id or "", "")
        )
        for text, line, by, name in found
    ]


async def _templates(work: Work, ids: Collection[str]) -> Mapping[str, str]:
    """Of texts of ours, by id."""
    query = select(TextMessage.id, TextMessage.why).where(col(TextMessage.id).in_(ids))
    return dict((await work.exec(query)).all())


def _row(text: TextMessage, line: Line, by: str, *, dealt_by: str, answers: str) -> TextRow:
    return TextRow(
        id=text.id,
        line_id=line.id,
        line_name=line.name,
        line_name_en=line.name_en,
        direction=text.direction,
        masked=text.number_masked,
        why=text.why,
        answers=answers,
        language=text.language,
        state=text.state,
        segments=text.segments,
        at=text.created_at,
        due_at=text.due_at,
        callback_id=text.callback_id,
        call_id=text.call_id,
        by=by,
        for_person=text.for_person and text.dealt_at is None,
        dealt_by=dealt_by,
        error=text.last_error,
        erased=not text.body_sealed,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentShown:
    """Whether somebody wants texts, as we last heard. `by`: by name; empty: from themselves."""

    wants: bool
    how: str
    at: datetime
    by: str


async def consent_shown(work: Work, number_index: str) -> ConsentShown | None:
    """What is known of a number; None: nothing."""
    given_by, withdrawn_by = aliased(Staff), aliased(Staff)
    query = (
        select(TextConsent, given_by.name, withdrawn_by.name)
        .join(given_by, col(given_by.id) == col(TextConsent.given_by_id), isouter=True)
        .join(withdrawn_by, col(withdrawn_by.id) == col(TextConsent.withdrawn_by_id), isouter=True)
        .where(TextConsent.number_index == number_index)
    )
    found = (await work.exec(query)).first()
    if found is None:
        return None
    one, giver, withdrawer = found
    if one.withdrawn_at is not None:
        how, by = one.withdrawn_how, withdrawer or ""
        return ConsentShown(wants=False, how=how, at=one.withdrawn_at, by=by)
    if one.given_at is None:
        return None
    return ConsentShown(wants=True, how=one.given_how, at=one.given_at, by=giver or "")


async def count_for_person(work: Work, who: SignedIn) -> int:
    """How many texts of their lines somebody must look at."""
    query = select(func.count()).where(
        col(TextMessage.line_id).in_(who.lines),
        col(TextMessage.for_person),
        col(TextMessage.dealt_at).is_(None),
    )
    return (await work.exec(query)).one()


async def permitted_text(work: Work, text_id: str, who: SignedIn) -> TextMessage:
    """One of a line of theirs, held. Any other does not exist for them. Raises `NotFound`."""
    query = select(TextMessage).where(TextMessage.id == text_id).with_for_update()
    text = (await work.exec(query)).one_or_none()
    if text is None or text.line_id not in who.lines:
        raise NotFound
    standing = (Relation.LINE, Relation.OWED)
    require(who.roles, standing, Permission.CALL_BACK, to_know=Permission.CALL_BACK)
    return text
