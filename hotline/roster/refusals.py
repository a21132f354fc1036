"""Why something on the roster cannot be so: a word for scripts, a sentence, and the nearest fix."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from hotline.errors import Conflict
from hotline.roster.model import ShiftKind
from hotline.roster.proof import Hole


class RosterRefusal(StrEnum):
    """What stands against it."""

    OPENS_HOLE = "opens_hole"
    NOT_OF_LINE = "not_of_line"
    HAS_SHIFT = "has_shift"
    IS_AWAY = "is_away"
    OVER = "over"
    NOT_YOURS = "not_yours"
    YOUR_OWN = "your_own"
    OFFERED_ALREADY = "offered_already"
    YOUR_OWN_WISH = "your_own_wish"
    HAS_FAULTS = "has_faults"


_R = RosterRefusal
SENTENCES: Mapping[RosterRefusal, str] = {
    _R.OPENS_HOLE: "This would leave hours in which a caller finds nobody who can help. Let one of"
    " the people named take the shift first, or plan somebody else for those hours.",
    _R.NOT_OF_LINE: "This person does not work for all of these lines, or their account is off.",
    _R.HAS_SHIFT: "This person has a shift at that time already: move or remove that one first.",
    _R.IS_AWAY: "This person is on leave at that time: plan somebody else, or another time.",
    _R.OVER: "This is over: nothing of it can be changed any more.",
    _R.NOT_YOURS: "This shift is not yours: only who has it can do this.",
    _R.YOUR_OWN: "This is your own shift: a colleague takes it, not you.",
    _R.OFFERED_ALREADY: "This shift is offered to colleagues already.",
    _R.YOUR_OWN_WISH: "This is your own wish, and somebody else decides it: ask another supervisor"
    " who plans for these lines. Where there is none, ask an administrator to name one.",
    _R.HAS_FAULTS: "This file has faults, and nothing of it was planned: check it first, put right"
    " the cells that are named, then import it again.",
}


@dataclass(frozen=True, slots=True)
class NamedWorker:
    """Somebody who could take it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FixShown:
    """Who could take which time without opening another hole, the first one first; or nobody."""

    lines: tuple[str, ...]
    kind: ShiftKind
    begins_at: datetime
    ends_at: datetime
    people: tuple[NamedWorker, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What a change opens, and who could close it.

    `elsewhere`: it opens more, on lines of which the reader is told nothing else.
    """

    holes: Sequence[Hole] = ()
    fixes: Sequence[FixShown] = ()
    elsewhere: bool = False

    @property
    def opens(self) -> bool:
        """Whether it opens anything, told or not."""
        return bool(self.holes) or self.elsewhere


class RosterRefused(Conflict):
    """An act on the roster that cannot be.

    `facts`: reason, holes, fixes and whether there is more `elsewhere`, in plain values; `ask`:
    who can decide it instead; `faults`: of a file.
    """

    def __init__(
        self,
        reason: RosterRefusal,
        weighed: Weighed | None = None,
        *,
        ask: Sequence[NamedWorker] | None = None,
        faults: Sequence[Mapping[str, object]] | None = None,
    ) -> None:
        """`weighed`: what it would open."""
        super().__init__(SENTENCES[reason])
        self.facts = {"reason": reason.value}
        if faults is not None:
            self.facts |= {"faults": list(faults)}
        if ask is not None:
            self.facts |= {"ask": [{"id": one.id, "name": one.name} for one in ask]}
        if weighed is not None:
            self.facts |= {
                "holes": [_hole(one) for one in weighed.holes],
                "fixes": [_fix(one) for one in weighed.fixes],
                "elsewhere": weighed.elsewhere,
            }


def told_to(lines: Collection[str], weighed: Weighed) -> Weighed:
    """What a reader of these lines is told: of others only that there is something."""
    holes = [one for one in weighed.holes if one.line in lines]
    return Weighed(
        holes=holes,
        fixes=[
            replace(one, lines=tuple(line for line in one.lines if line in lines))
            for one in weighed.fixes
            if _closes(one, holes)
        ],
        elsewhere=weighed.elsewhere or len(holes) < len(weighed.holes),
    )


def _closes(fix: FixShown, holes: Collection[Hole]) -> bool:
    return any(
        one.line in fix.lines and one.begins_at < fix.ends_at and fix.begins_at < one.ends_at
        for one in holes
    )


def _hole(one: Hole) -> dict[str, object]:
    return {
        "begins_at": _moment(one.begins_at),
        "ends_at": _moment(one.ends_at),
        "line": one.line,
        "lack": one.lack.value,
        "missing": one.missing,
        "languages": list(one.languages),
    }


def _fix(one: FixShown) -> dict[str, object]:
    return {
        "lines": list(one.lines),
        "kind": one.kind.value,
        "begins_at": _moment(one.begins_at),
        "ends_at": _moment(one.ends_at),
        "people": [{"id": each.id, "name": each.name} for each in one.people],
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
