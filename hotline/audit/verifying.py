"""Walks the chain from its old end and names the first row that does not fit."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from hotline.audit.chain import FIELDS, AuditKeys, Head, cut_sign, link
from hotline.audit.sealing import CHAIN
from hotline.audit.sources import content_of, told_by
from hotline.errors import HotlineError
from hotline.storage.session import Work
from hotline.storage.tables import AuditHead

AT_ONCE = 2000
AT_ONE_MOMENT = text("set transaction isolation level repeatable read, read only")
AFTER = text(f"""
    select {", ".join(FIELDS)}, seq, key_id, content, mac from audit_entry
    where seq > :seq order by seq limit :at_once
""")  # noqa: S608 – our own names
COUNT = text("select count(seq) as sealed, count(*) - count(seq) as waiting from audit_entry")

TellHowFar = Callable[[str], None]
SealedRow = Mapping[Any, Any]


class ChainBroken(HotlineError):
    """The first row at which the chain does not hold, and what is wrong there."""

    def __init__(self, seq: int, what: str) -> None:
        """`what`: goes on from "Row 7 of the audit"."""
        super().__init__(f"Row {seq} of the audit {what}.")
        self.seq = seq


@dataclass(slots=True)
class ChainChecked:
    """How far it holds. `gone`: rows whose source was erased. `waiting`: not sealed yet."""

    first: int = 0
    last: int = 0
    gone: int = 0
    waiting: int = 0
    heads: int = 0


@dataclass(slots=True)
class _Walk:
    """Where the walk stands: the next number, and the mac that its row must follow."""

    keys: AuditKeys
    seq: int
    mac: str
    heads: dict[int, list[Head]] = field(default_factory=dict)
    checked: ChainChecked = field(default_factory=ChainChecked)


async def verify_chain(
    work: Work, keys: AuditKeys, heads: Iterable[Head] = (), *, tell: TellHowFar
) -> ChainChecked:
    """Look at every row. `heads`: exported before, that must still be in the chain.

    Raises `ChainBroken`, and `AuditKeyMissing`. `tell`: how far it is, from time to time. The work
    must have done nothing before: head and rows are read as they were at one moment, while others
    seal on.
    """
    await work.sql(AT_ONE_MOMENT, {})
    head = await work.get(AuditHead, CHAIN)
    walk = _begin(keys, head, heads)
    counted = (await work.sql(COUNT, {})).one()
    while rows := await _after(work, walk.seq):
        told = await told_by(work, rows)
        for row in rows:
            _check(walk, row, told.get((row["source"], row["source_id"])))
        if counted.sealed > AT_ONCE:
            tell(f"{walk.seq - walk.checked.first + 1} of {counted.sealed} rows")
    _check_end(walk, head)
    walk.checked.waiting = counted.waiting
    return walk.checked


def _begin(keys: AuditKeys, head: AuditHead | None, heads: Iterable[Head]) -> _Walk:
    """At the beginning, or at the cut, which must bear our signature."""
    cut = head.cut_seq if head else 0
    walk = _Walk(keys, seq=cut, mac=head.cut_mac if head else "")
    walk.checked.first = cut + 1
    if head is not None and cut and not _is_our_cut(keys, head):
        raise ChainBroken(cut, "was cut off there by somebody else: the cut is not signed")
    for one in sorted(heads, key=lambda told: told.seq):
        if not one.is_ours(keys):
            raise ChainBroken(one.seq, "stands in the file of heads with a signature not ours")
        if one.seq == cut and one.mac != walk.mac:
            raise ChainBroken(cut, "was another one when its head was exported")
        if one.seq > cut:
            walk.heads.setdefault(one.seq, []).append(one)
    return walk


def _is_our_cut(keys: AuditKeys, head: AuditHead) -> bool:
    if head.cut_at is None or not head.cut_key_id:
        return False
    seq, mac, at = head.cut_seq, head.cut_mac, head.cut_at
    return head.cut_sign == cut_sign(keys, head.cut_key_id, seq=seq, mac=mac, at=at)


async def _after(work: Work, seq: int) -> Sequence[SealedRow]:
    return (await work.sql(AFTER, {"seq": seq, "at_once": AT_ONCE})).mappings().all()


def _check(walk: _Walk, row: SealedRow, told: str | None) -> None:
    expected = walk.seq + 1
    if row["seq"] != expected:
        raise ChainBroken(expected, f"is missing: the next one there is {row['seq']}")
    key = row["key_id"]
    fits = link(walk.keys, key, row, seq=expected, content=row["content"], before=walk.mac)
    if fits != row["mac"]:
        raise ChainBroken(expected, "was changed, put in or moved: its seal does not fit")
    if told is None:
        walk.checked.gone += bool(row["source"])
    elif row["content"] and content_of(walk.keys, key, told) != row["content"]:
        where = f"{row['source']} {row['source_id']}"
        raise ChainBroken(expected, f"does not say what its source says now ({where})")
    for head in walk.heads.pop(expected, ()):
        if head.mac != row["mac"]:
            raise ChainBroken(expected, "was another one when its head was exported")
        walk.checked.heads += 1
    walk.seq, walk.mac = expected, row["mac"]
    walk.checked.last = expected


def _check_end(walk: _Walk, head: AuditHead | None) -> None:
    """Nothing may be missing behind the last row: by the head, and by those exported before."""
    if head is None:
        if walk.seq or walk.heads:
            raise ChainBroken(walk.seq, "is the last one, and the head of the chain is missing")
        return
    if head.seq > walk.seq or walk.heads:
        known = max([head.seq, *walk.heads])
        raise ChainBroken(walk.seq + 1, f"is missing with all after it: there were {known}")
    if (head.seq, head.mac) != (walk.seq, walk.mac):
        raise ChainBroken(head.seq + 1, "was put in behind the end of the chain")
