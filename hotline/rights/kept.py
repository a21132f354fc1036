"""What is kept about somebody: how much of what, and a copy of what is theirs to have."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import col, select

from hotline.cases.model import LinkKind, PersonRole
from hotline.cases.queries import together
from hotline.rights.belonging import CALL, CASE, WayToRow, cells_of
from hotline.storage.resealing import SealedColumn
from hotline.storage.sealed import columns_in, filled
from hotline.storage.session import Work
from hotline.storage.tables import Call, Case, CaseLink, CasePerson
from hotline.storage.tables.columns import OLDER, PLACE
from hotline.storage.vault import Vault

MOST_FOUND = 50
# What a person may have a copy of. What is not named here tells of others too: who harms them,
# what colleagues wrote for each other, why somebody read it.
COPIED: Mapping[str, str] = {
    "call.from_sealed": "number",
    "record.narrative_sealed": "record",
    "record.answers_sealed": "answers",
    "record_addition.words_sealed": "added",
    "text_message.body_sealed": "text",
    "case_person.name_sealed": "name",
    "case_person.phone_sealed": "number",
    "case_person.address_sealed": "address",
    "case_step.words_sealed": "plan",
    "consent.opinion_sealed": "opinion",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAbout:
    """One call or case: how many sealed cells of which table, or that they were erased."""

    kind: str
    id: str
    number: str
    line_id: str
    at: datetime
    erased_at: datetime | None
    cells: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedPart:
    """One text, opened. `what`: a word of `COPIED`'s; `of`: the call or case, `at`: its time."""

    what: str
    of: str
    at: datetime
    words: str


async def kept_of_number(work: Work, number_index: str, lines: Collection[str]) -> list[KeptAbout]:
    """Of all calls from a number, and all cases in which somebody has it, on these lines."""
    calls = select(Call).where(Call.from_index == number_index, col(Call.line_id).in_(lines))
    found = (await work.exec(calls.order_by(col(Call.arrived_at).desc()).limit(MOST_FOUND))).all()
    theirs = select(CasePerson.case_id).where(CasePerson.phone_index == number_index)
    ofs = [col(CaseLink.kind) == LinkKind.CALL, col(CaseLink.ended_at).is_(None)]
    linked = select(CaseLink.case_id).where(
        *ofs, col(CaseLink.subject_id).in_([c.id for c in found])
    )
    cases = select(Case).where(
        col(Case.id).in_(theirs) | col(Case.id).in_(linked), col(Case.line_id).in_(lines)
    )
    kept = [await kept_of_call(work, call) for call in found]
    return kept + [await kept_of_case(work, case) for case in (await work.exec(cases)).all()]


async def kept_of_call(work: Work, call: Call) -> KeptAbout:
    """How much of it."""
    return KeptAbout(
        kind="call",
        id=call.id,
        number=call.from_masked,
        line_id=call.line_id,
        at=call.arrived_at,
        erased_at=call.erased_at,
        cells=await _counted(work, CALL, {call.id}),
    )


async def kept_of_case(work: Work, case: Case) -> KeptAbout:
    """How much of it and of those merged into it, without its calls."""
    return KeptAbout(
        kind="case",
        id=case.id,
        number=case.number,
        line_id=case.line_id,
        at=case.opened_at,
        erased_at=case.erased_at,
        cells=await _counted(work, CASE, await together(work, case.id)),
    )


async def _counted(work: Work, target: str, ids: Collection[str]) -> dict[str, int]:
    """Of all columns in one statement: there are dozens."""
    parts = " union all ".join(_counting(column, way) for column, way in cells_of(target))
    found: Counter[str] = Counter()
    for row in await work.sql(text(parts), {"ids": list(ids)}):
        found[row.held_in] += row.cells
    return dict(+found)


def _counting(column: SealedColumn, way: WayToRow) -> str:
    return f"""
        select '{column.table.name}' as held_in, count(*) as cells from "{column.table.name}"
        where {column.cell} <> '' and {way.condition}
    """  # noqa: S608 – names of our own tables


async def copy_of_call(work: Work, vault: Vault, call: Call) -> list[CopiedPart]:
    """What of it is the person's own, opened."""
    return await _copied(work, vault, CALL, {call.id}, at=call.arrived_at)


async def copy_of_case(work: Work, vault: Vault, case: Case) -> list[CopiedPart]:
    """The same of a case, with those merged into it. Of people only the person at risk.

    Its calls are asked for by themselves: they may be of others.
    """
    ids = await together(work, case.id)
    parts = await _copied(work, vault, CASE, ids, at=case.opened_at)
    query = select(CasePerson.id).where(
        col(CasePerson.case_id).in_(ids), CasePerson.role == PersonRole.AT_RISK
    )
    own = set((await work.exec(query)).all())
    return [part for part in parts if part.of.partition(" ")[2] in own or " " not in part.of]


async def _copied(
    work: Work, vault: Vault, target: str, ids: Collection[str], *, at: datetime
) -> list[CopiedPart]:
    parts: list[CopiedPart] = []
    for column, way in cells_of(target):
        if column.name in COPIED:
            rows = await _rows(work, column, way, ids)
            parts += [_part(vault, column, row, at) for row in rows]
    return parts


async def _rows(
    work: Work, column: SealedColumn, way: WayToRow, ids: Collection[str]
) -> list[Mapping[Any, Any]]:
    wanted = {*column.keys, *columns_in(column.info[PLACE]), *columns_in(column.info[OLDER])}
    names = ", ".join(f'"{name}"' for name in sorted(wanted))
    query = text(f"""
        select {names}, {column.cell} as cell from "{column.table.name}"
        where {column.cell} <> '' and {way.condition}
    """)  # noqa: S608 – names of our own tables
    return list((await work.sql(query, {"ids": list(ids)})).mappings().all())


def _part(vault: Vault, column: SealedColumn, row: Mapping[Any, Any], at: datetime) -> CopiedPart:
    place = filled(column.info[PLACE], row)
    older = filled(column.info[OLDER], row)
    words = vault.open(row["cell"], place=place, older=older)
    is_persons = column.table.name == "case_person"
    of = f"{column.table.name} {row['id']}" if is_persons else column.table.name
    return CopiedPart(what=COPIED[column.name], of=of, at=at, words=words)
