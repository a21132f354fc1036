"""The rows that tell what an entry of the audit only names, and their keyed hash."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Text, cast, select

from hotline.audit.chain import AuditKeys, canonical
from hotline.storage.session import Work
from hotline.storage.tables import (
    AccountAct,
    CallEntry,
    CaseEntry,
    Erasure,
    EscalationEntry,
    SupervisorAct,
    TextReading,
)
from hotline.storage.tables.columns import KEY

# By name, since a column that is added later must not change what was hashed before.
SOURCES: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "call_event": (CallEntry, ("call_id", "at", "kind", "staff_id", "facts")),
    "escalation_event": (EscalationEntry, ("escalation_id", "at", "kind", "actor", "facts")),
    "case_event": (CaseEntry, ("case_id", "at", "kind", "actor", "facts")),
    "erasure": (
        Erasure,
        ("subject_kind", "subject_id", "why", "actor", "at", "what", "sounds", "digest"),
    ),
    "text_reading": (TextReading, ("text_id", "staff_id", "at")),
    "account_act": (AccountAct, ("staff_id", "by_id", "at", "kind")),
    "supervisor_act": (
        SupervisorAct,
        ("by_id", "at", "kind", "subject_kind", "subject_id", "lines", "before", "after", "reason"),
    ),
    "supervisor_act_undone": (SupervisorAct, ("kind", "undone_at", "undone_by")),
}

WordsOfSources = Mapping[tuple[str, str], str]


async def told_by(work: Work, entries: Iterable[Mapping[Any, Any]]) -> WordsOfSources:
    """What the sources of these entries say now and for good, canonical; without those gone."""
    wanted: dict[str, set[str]] = {}
    for entry in entries:
        wanted.setdefault(entry["source"], set()).add(entry["source_id"])
    found: dict[tuple[str, str], str] = {}
    for source in wanted.keys() & SOURCES.keys():
        table, names = SOURCES[source]
        columns = [getattr(table, name) for name in names]
        key = cast(table.id, Text)
        is_number = table.__table__.c.id.type.python_type is int
        ids = [int(one) if is_number else one for one in wanted[source]]
        query = select(key, *columns).where(table.id.in_(ids))
        for row_id, *values in (await (await work.connection()).execute(query)).all():
            told = dict(zip(names, values, strict=True))
            found[source, row_id] = canonical(_lasting(table, told))
    return found


def _lasting(table: Any, told: Mapping[str, Any]) -> dict[str, Any]:
    """Without sealed words: they are sealed anew with another key, and erased when it is time."""
    columns = table.__table__.c
    return {name: _without(columns[name].info.get(KEY), value) for name, value in told.items()}


def _without(key: str | None, value: Any) -> Any:
    return value if key is None else {name: one for name, one in value.items() if name != key}


def content_of(keys: AuditKeys, key_id: str, told: str | None) -> str:
    """Empty where there is no source, or it was gone before the entry was sealed."""
    return keys.mac(key_id, "content", told) if told is not None else ""
