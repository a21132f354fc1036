"""Calls and escalations that are about somebody else go into a case of their own, and back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, or_, select

from hotline.cases.belonging import links_of
from hotline.cases.merging import MERGED_INTO
from hotline.cases.model import CaseState, LinkKind, OpenedAs
from hotline.cases.people import required
from hotline.cases.queries import standing_case, together
from hotline.cases.refusals import refusal
from hotline.cases.service import add_case, draw_number, lock_both, lock_open_case
from hotline.cases.timeline import READ, CaseAct, tell, tell_in_words
from hotline.errors import NotFound
from hotline.storage.session import Work
from hotline.storage.tables import (
    Call,
    Case,
    CaseEntry,
    CaseLink,
    CasePerson,
    CaseStep,
    Escalation,
)

SPLIT_OFF = "case.split_off"


@dataclass(frozen=True, slots=True)
class _Moved:
    """A link that went, and where it stands now."""

    was: str
    now: str


async def split(work: Work, act: CaseAct, case_id: str, links: Iterable[str], reason: str) -> Case:
    """These links go into a new case, with whatever escalation is about a call of them.

    Raises `CaseRefused` where nothing would be left, or where one is not in the case any more.
    """
    words, case = required(reason), await lock_open_case(work, case_id)
    held = await links_of(work, await together(work, case.id))
    chosen = await _with_their_own(work, held, set(links))
    if len(chosen) == len(held):
        raise refusal("nothing_left")
    new = await add_case(work, await _like(work, act, case, chosen))
    tell(work, new.id, "case.opened", at=act.at, actor=act.by, why=OpenedAs.BY_HAND)
    moved = [await _move(work, act, link, new.id) for link in chosen]
    pairs = [[one.was, one.now] for one in moved]
    facts = {"other_id": new.id, "other_number": new.number, "links": len(moved)}
    tell_in_words(work, act, case.id, "case.split", words, **facts)
    facts = {"other_id": case.id, "other_number": case.number, "moved": pairs}
    tell(work, new.id, SPLIT_OFF, at=act.at, actor=act.by, **facts)
    return new


async def undo_split(work: Work, act: CaseAct, new_id: str) -> Case:
    """All goes back where it was, and the new case's number leads there.

    Raises `CaseRefused` with what was `changed` in the new case since: that would be lost there.
    """
    born = await _birth(work, new_id)
    stays_id = await standing_case(work, str(born.facts["other_id"]))
    new, stays = await lock_both(work, new_id, stays_id)
    if new.merged_into_id is not None or stays.merged_into_id is not None:
        raise refusal("merged_meanwhile")
    if stays.state != CaseState.OPEN:  # nobody would look after what goes back into it
        raise refusal("into_closed")
    moved = {now for _, now in born.facts["moved"]}
    links = await links_of(work, frozenset({new.id}))
    changed = await _changed(work, new, born, links_as_they_were={one.id for one in links} == moved)
    if changed:
        raise refusal("split_changed", changed=changed)
    for link in links:
        await _move(work, act, link, stays.id)
    new.merged_into_id = stays.id
    facts: dict[str, Any] = {"other_id": new.id, "other_number": new.number}
    tell(work, stays.id, "case.split_undone", at=act.at, actor=act.by, **facts)
    facts = {"other_id": stays.id, "other_number": stays.number}
    tell(work, new.id, MERGED_INTO, at=act.at, actor=act.by, **facts)
    return stays


async def was_split_off(work: Work, case: Case) -> bool:
    """Whether it came out of another, to which it can go back."""
    query = select(CaseEntry.id).where(CaseEntry.case_id == case.id, CaseEntry.kind == SPLIT_OFF)
    return case.merged_into_id is None and (await work.exec(query.limit(1))).first() is not None


async def _with_their_own(work: Work, held: Sequence[CaseLink], wanted: set[str]) -> list[CaseLink]:
    """An escalation goes where its call goes, and the other way round."""
    if not wanted or wanted - {link.id for link in held}:
        raise refusal("gone")
    named = {link.subject_id for link in held if link.id in wanted}
    query = select(Escalation.id, Escalation.call_id).where(
        or_(col(Escalation.id).in_(named), col(Escalation.call_id).in_(named))
    )
    pairs = (await work.exec(query)).all()
    calls = {call_id for _, call_id in pairs}
    others = select(Escalation.id).where(col(Escalation.call_id).in_(calls))
    named |= calls | set((await work.exec(others)).all())
    return [link for link in held if link.subject_id in named]


async def _like(work: Work, act: CaseAct, case: Case, chosen: Sequence[CaseLink]) -> Case:
    """On the line of the call that goes, held by the station that has it now."""
    calls = [link.subject_id for link in chosen if link.kind == LinkKind.CALL]
    call = await work.get(Call, calls[0]) if calls else None
    return Case(
        number=draw_number(),
        line_id=case.line_id if call is None else call.line_id,
        station_id=case.station_id,
        division=case.division,
        opened_as=OpenedAs.BY_HAND,
        opened_by=str(act.by),
        opened_at=act.at,
    )


async def _move(work: Work, act: CaseAct, link: CaseLink, case_id: str) -> _Moved:
    """The one that goes is ended before the other is written: a thing is in one case at a time."""
    link.ended_at, link.ended_by = act.at, str(act.by)
    await work.flush()
    new = CaseLink(
        case_id=case_id, kind=link.kind, subject_id=link.subject_id, by=str(act.by), at=act.at
    )
    work.add(new)
    await work.flush()
    return _Moved(link.id, new.id)


async def came_from(work: Work, new_id: str) -> str:
    """Out of which case it was split. Raises `NotFound` where it was not."""
    return str((await _birth(work, new_id)).facts["other_id"])


async def _birth(work: Work, new_id: str) -> CaseEntry:
    query = select(CaseEntry).where(CaseEntry.case_id == new_id, CaseEntry.kind == SPLIT_OFF)
    found = (await work.exec(query.order_by(col(CaseEntry.id).desc()).limit(1))).first()
    if found is None:
        raise NotFound
    return found


async def _changed(
    work: Work, new: Case, born: CaseEntry, *, links_as_they_were: bool
) -> list[str]:
    """What went on in it by itself, in words of `i18n.case_words`."""
    ids = await together(work, new.id)
    changed = [] if links_as_they_were else ["links"]
    if len(ids) > 1:
        changed.append("merged")
    people = select(CasePerson.id).where(col(CasePerson.case_id).in_(ids)).limit(1)
    steps = select(CaseStep.id).where(col(CaseStep.case_id).in_(ids)).limit(1)
    for word, query in (("people", people), ("plan", steps)):
        if (await work.exec(query)).first() is not None:
            changed.append(word)
    if new.state != CaseState.OPEN:
        changed.append("state")
    later = select(CaseEntry.id).where(
        CaseEntry.case_id == new.id, col(CaseEntry.id) > born.id, CaseEntry.kind != READ
    )
    if not changed and (await work.exec(later.limit(1))).first() is not None:
        changed.append("more")
    return changed
