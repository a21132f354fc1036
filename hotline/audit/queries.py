"""What supervisors did, as the floor and the audit show it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import array
from sqlmodel import col, select

from hotline.audit.model import SubjectKind
from hotline.storage.session import Work
from hotline.storage.tables import Call, Case, Line, Staff, SupervisorAct


@dataclass(frozen=True, slots=True, kw_only=True)
class ActDone:
    """An act, with names. `subject`: a masked number, or a name; empty where it is of the floor."""

    id: str
    group_id: str
    by: str
    at: datetime
    kind: str
    subject_kind: str
    subject_id: str
    subject: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str
    undone_at: datetime | None
    undone_by: str


async def recent_acts(
    work: Work, of: Collection[str], *, limit: int = 50, before: datetime | None = None
) -> list[ActDone]:
    """The newest first, of these lines. `before`: those that are older, to read on."""
    query = (
        select(SupervisorAct)
        .where(col(SupervisorAct.lines).op("?|")(array(of, type_=Text)))
        .order_by(col(SupervisorAct.at).desc(), col(SupervisorAct.id).desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(col(SupervisorAct.at) < before)
    return await named(work, (await work.exec(query)).all())


async def named(work: Work, acts: Sequence[SupervisorAct]) -> list[ActDone]:
    """Acts with the names of who did them and of what they were done to."""
    names = await _names(work, acts)
    return [_shown(act, names) for act in acts]


async def _names(work: Work, acts: Iterable[SupervisorAct]) -> Mapping[tuple[str, str], str]:
    ids: dict[str, set[str]] = {}
    for act in acts:
        ids.setdefault(act.subject_kind, set()).add(act.subject_id)
        people = (act.by_id, act.undone_by)
        ids.setdefault(SubjectKind.STAFF, set()).update(one for one in people if one)
    of_kind = {
        SubjectKind.CALL: select(Call.id, Call.from_masked).where(
            col(Call.id).in_(ids.get(SubjectKind.CALL, ()))
        ),
        SubjectKind.LINE: select(Line.id, Line.name).where(
            col(Line.id).in_(ids.get(SubjectKind.LINE, ()))
        ),
        SubjectKind.CASE: select(Case.id, Case.number).where(
            col(Case.id).in_(ids.get(SubjectKind.CASE, ()))
        ),
        SubjectKind.STAFF: select(Staff.id, Staff.name).where(
            col(Staff.id).in_(ids.get(SubjectKind.STAFF, ()))
        ),
    }
    found: dict[tuple[str, str], str] = {}
    for kind, query in of_kind.items():
        found |= {(kind.value, key): name for key, name in (await work.exec(query)).all()}
    return found


def _shown(act: SupervisorAct, names: Mapping[tuple[str, str], str]) -> ActDone:
    staff = SubjectKind.STAFF.value
    return ActDone(
        id=act.id,
        group_id=act.group_id,
        by=names.get((staff, act.by_id), ""),
        at=act.at,
        kind=act.kind,
        subject_kind=act.subject_kind,
        subject_id=act.subject_id,
        subject=names.get((act.subject_kind, act.subject_id), ""),
        before=act.before,
        after=act.after,
        reason=act.reason,
        undone_at=act.undone_at,
        undone_by=names.get((staff, act.undone_by or ""), ""),
    )
