"""Which cells are about a person: found from the tables themselves, so that none is forgotten.

A sealed column belongs to a call or a case by the keys of its table. Whatever belongs to neither is
named in `OF_OTHERS`, with whose it is; a test refuses a column that is in neither place.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Table
from sqlmodel import SQLModel

from hotline.storage.resealing import SealedColumn, sealed_columns

CALL, CASE = "call", "care_case"
BY_KEY: Mapping[str, str] = {"call_id": CALL, "case_id": CASE}
OF_OTHERS: Mapping[str, str] = {
    "station_contact.webhook_secret_sealed": "a station's own system",
    "second_factor.secret_sealed": "somebody's own account",
    "rights_request.asker_sealed": "the proof of how a request was answered",
    "rights_request.words_sealed": "the same",
    "rights_request.answer_sealed": "the same",
    "legal_hold.reason_sealed": "why nothing was erased",
    "legal_hold.lifted_sealed": "the same",
    "provision.not_told_sealed": "the ledger, which has a time of its own",
    "attachment.comment_sealed": "a file's, erased with it when its own time is over",
    "shift_handover.note_sealed": "of a station's shift, emptied when it is old (`retention`)",
    "push_subscription.address_sealed": "an officer's own browser",
}

# Columns beside the sealed ones by which a number is known again. A block of a suspected guardian
# is not among them: it protects the child for as long as it stands.
PLAIN: Mapping[str, tuple[str, ...]] = {
    "call": ("from_index", "from_masked"),
    "callback": ("from_index", "from_masked"),
    "follow_up": ("from_index", "from_masked"),
    "text_message": ("number_index", "number_masked"),
    "case_person": ("phone_index", "phone_masked"),
    "caller_plan": ("number_index", "masked"),
    "caller_block": ("number_index", "masked"),
    "consent": ("giver_index",),
    "group_member": ("mail_index", "phone_index", "phone_masked"),
}


@dataclass(frozen=True, slots=True)
class WayToRow:
    """How the rows of a table lead to the call or case they belong to, as a condition of SQL."""

    target: str
    condition: str


def way_of(table: Table, target: str) -> WayToRow | None:
    """By its own key, else over one table between. Of a row with both, the case goes first."""
    if table.name == target:
        return WayToRow(target, "id = any(:ids)")
    direct = _key_to(table, target)
    if direct is not None:
        alone = " and case_id is null" if target == CALL and "case_id" in table.c else ""
        return WayToRow(target, f"{direct} = any(:ids){alone}")
    for key in table.foreign_keys:
        between = key.column.table
        further = _key_to(between, target)
        if further is not None:
            inside = f"select id from {between.name} where {further} = any(:ids)"  # noqa: S608
            return WayToRow(target, f"{key.parent.name} in ({inside})")
    return None


def _key_to(table: Table, target: str) -> str | None:
    return next((key for key, of in BY_KEY.items() if of == target and key in table.c), None)


def cells_of(target: str) -> Iterator[tuple[SealedColumn, WayToRow]]:
    """Every sealed column that belongs to a call or to a case."""
    for column in sealed_columns():
        if column.name in OF_OTHERS:
            continue
        way = way_of(column.table, target)
        if way is not None and _target_of(column.table) in (target, None):
            yield column, way


def _target_of(table: Table) -> str | None:
    """The one target of a table without a key to both; None: row by row."""
    if table.name in (CALL, CASE):
        return table.name
    found = [target for target in (CALL, CASE) if _key_to(table, target) is not None]
    return found[0] if len(found) == 1 else None


def plain_of(target: str) -> Iterator[tuple[Table, str, WayToRow]]:
    """Every column by which a number is known again."""
    for name, columns in PLAIN.items():
        table = SQLModel.metadata.tables[name]
        way = way_of(table, target)
        if way is not None and _target_of(table) in (target, None):
            yield from ((table, column, way) for column in columns)
