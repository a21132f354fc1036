"""A long timeline as a story of few lines. Pure.

Each entry belongs to exactly one part: what people did each to its own, the ringing between two
acts to one part for each station, however many rounds it took. What is of no known kind is a part
as well. What happens to an attempt later stays with the part in which it was rung.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hotline.deliveries.model import BEING_SENT, LIVE, Channel, DeliveryState
from hotline.escalations.queries import AttemptRow, EscalationEntryRow

ACTS: Mapping[str, str] = {
    "escalation.raised": "raised",
    "escalation.acknowledged": "acknowledged",
    "escalation.accepted": "accepted",
    "escalation.given_back": "given_back",
    "escalation.on_the_way": "on_the_way",
    "escalation.contact_made": "contact_made",
    "escalation.reported": "reported",
    "escalation.closed": "closed",
    "escalation.taken_back": "taken_back",
    "escalation.handed_to": "handed_to",
    "escalation.handed_over": "handed_over",
    "escalation.opened_again": "opened_again",
    "escalation.reopened": "silence",
}
"""After each of them the ringing begins anew, or is over."""

ASIDES: Mapping[str, str] = {
    "escalation.flag_added": "flag_added",
    "escalation.reminded": "reminded",
    "escalation.rung": "rung",
    "escalation.commented": "commented",
    "escalation.summary_read": "read",
    "escalation.number_opened": "number_opened",
    "escalation.exported": "exported",
    "escalation.shift_note_read": "shift_note_read",
    "escalation.file_added": "file_added",
    "escalation.file_opened": "file_opened",
    "escalation.file_commented": "file_commented",
    "escalation.file_removed": "file_removed",
    "escalation.file_erased": "file_erased",
    "escalation.linked": "linked",
    "supervisors.rung": "supervisors_rung",
    "supervisors.seen": "seen",
    "rescue.asked": "rescue_asked",
    "rescue.confirmed": "rescue_confirmed",
    "rescue.unconfirmed": "rescue_unconfirmed",
    "rescue.left_unconfirmed": "rescue_left",
}
"""They happen beside the ringing. The same by the same person is told once."""

PAGED_FOR: Mapping[str, str] = {
    "shift_not_taken": "shift_not_taken",
    "rescue_unconfirmed": "rescue_unconfirmed",
    "no_supervisor_saw_it": "supervisors_rung",
    "no_supervisor_phone": "supervisors_rung",
}
"""What supervisors were told of that has nothing to do with whom a station could reach."""

PAGED = "supervisors.paged"
REACHING = (
    "attempt.",
    PAGED,
    "escalation.not_acknowledged",
    "escalation.overdue",
    "escalation.contacts_changed",
    "escalation.phone_changed",
    "escalation.deadline_clamped",
    "escalation.step_failed",
    "escalation.step_skipped",
)
REACH, OTHER = "reach", "other"
TAKEN_BY_PHONE = "attempt.acknowledged"
DEAD_NUMBERS = ("refused 21211", "refused 21214", "refused 21217", "refused 13224")
ENDED_AS: Mapping[str, str] = {
    "no_answer": "no_answer",
    "busy": "busy",
    "canceled": "no_answer",
    "completed": "no_pin",
    "wrong_pins": "wrong_pins",
    "handed_on": "handed_on",
}
LET_GO_FOR = ("handed_on", "wrong_pins")


@dataclass(frozen=True, slots=True)
class Rings:
    """One contact by one way, and what became of each time, as (outcome, how often)."""

    contact: str
    channel: str
    outcomes: tuple[tuple[str, int], ...]


@dataclass(slots=True)
class StoryPart:
    """One line of the story. `station_id`, `attempts`: of what was rung.

    `took`: for the acknowledgement, how long after the flag it came, in seconds.
    """

    kind: str
    station_id: str = ""
    entries: list[EscalationEntryRow] = field(default_factory=list)
    attempts: dict[str, AttemptRow] = field(default_factory=dict)
    took: int | None = None

    @property
    def since(self) -> datetime:
        """When it began."""
        return self.entries[0].at

    @property
    def until(self) -> datetime:
        """When the last of it happened."""
        return max(entry.at for entry in self.entries)

    @property
    def actor(self) -> str:
        """Who did it; of what was rung, nobody."""
        return self.entries[0].actor

    @property
    def times(self) -> int:
        """How often the same was done."""
        return len(self.entries)

    @property
    def paged(self) -> bool:
        """Whether supervisors were told."""
        return any(entry.kind == PAGED for entry in self.entries)

    @property
    def is_reached(self) -> bool:
        """Whether somebody who was rung answered for it."""
        return any(one.state == "acknowledged" for one in self.attempts.values())

    @property
    def rings_now(self) -> bool:
        """Whether somebody is being rung still."""
        return any(one.state in LIVE for one in self.attempts.values())

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was given up because nobody needed it any more, before anybody answered."""
        return all(one.state == DeliveryState.SUPERSEDED for one in self.attempts.values())

    @property
    def rings(self) -> tuple[Rings, ...]:
        """What became of it, contact by contact, in the order in which they were rung."""
        counted: dict[tuple[str, str], Counter[str]] = {}
        for one in self.attempts.values():
            counted.setdefault((one.contact_name, one.channel), Counter())[outcome_of(one)] += 1
        return tuple(Rings(*whom, tuple(found.items())) for whom, found in counted.items())


def outcome_of(attempt: AttemptRow) -> str:
    """What became of one ring."""
    return outcome_of_words(attempt.state, attempt.last_error, attempt.channel)


def outcome_of_words(state: str, last_error: str, channel: str = Channel.PHONE) -> str:
    """A word of `story_words.OUTCOMES`, whatever the delivery says."""
    if channel != Channel.PHONE:
        return _outcome_in_writing(state, last_error)
    if state == "failed":
        if last_error.startswith("refused"):
            return "no_such_number" if last_error in DEAD_NUMBERS else "refused"
        return ENDED_AS.get(last_error, "failed")
    if state in LIVE:
        return "answered" if state == "answered" else "rings"
    return state


def _outcome_in_writing(state: str, last_error: str) -> str:
    if state == "failed":
        return last_error if last_error in LET_GO_FOR else "not_delivered"
    if state in ("acknowledged", "dead"):
        return f"{state}_in_writing"
    if state in LIVE:
        return "being_sent" if state in BEING_SENT else "sent"
    return state


def story_of(
    timeline: Iterable[EscalationEntryRow], attempts: Iterable[AttemptRow]
) -> list[StoryPart]:
    """The parts, in the order in which they began."""
    teller = _Teller({one.id: one for one in attempts})
    for entry in timeline:
        teller.take(entry)
    return teller.parts


class _Teller:
    """Takes entry after entry."""

    def __init__(self, attempts: Mapping[str, AttemptRow]) -> None:
        self.parts: list[StoryPart] = []
        self._attempts = attempts
        self._open: dict[tuple[str, str], StoryPart] = {}
        self._of_attempt: dict[str, StoryPart] = {}
        self._rung_last = ""
        self._raised_at: datetime | None = None

    def take(self, entry: EscalationEntryRow) -> None:
        """Put it where it belongs."""
        self._part_for(entry).entries.append(entry)

    def _part_for(self, entry: EscalationEntryRow) -> StoryPart:
        if entry.kind in ACTS:
            return self._act(entry)
        if entry.kind in ASIDES:
            return self._same(ASIDES[entry.kind], entry.actor)
        if entry.kind == PAGED and entry.facts.get("why") in PAGED_FOR:
            return self._same(PAGED_FOR[entry.facts["why"]], entry.actor)
        if entry.kind == TAKEN_BY_PHONE and self._last_is("acknowledged"):
            return self.parts[-1]
        if entry.kind.startswith(REACHING):
            return self._reach(entry)
        return self._same(OTHER, entry.kind)

    def _last_is(self, kind: str) -> bool:
        return bool(self.parts) and self.parts[-1].kind == kind

    def _act(self, entry: EscalationEntryRow) -> StoryPart:
        kind = ACTS[entry.kind]
        last = self.parts[-1] if self.parts else None
        if kind == "reported" and last and (last.kind, last.actor) == (kind, entry.actor):
            return last
        self._open.clear()
        self._rung_last = ""
        part = StoryPart(kind)
        if kind == "raised":
            self._raised_at = entry.at
        elif kind == "acknowledged" and self._raised_at is not None:
            part.took = int((entry.at - self._raised_at).total_seconds())
        self.parts.append(part)
        return part

    def _same(self, kind: str, of: str, *, station_id: str = "") -> StoryPart:
        """The one that is still open, or a new one."""
        if (kind, of) not in self._open:
            part = self._open[kind, of] = StoryPart(kind, station_id)
            self.parts.append(part)
        return self._open[kind, of]

    def _reach(self, entry: EscalationEntryRow) -> StoryPart:
        attempt_id = str(entry.facts.get("attempt_id", ""))
        if attempt_id in self._of_attempt:
            return self._of_attempt[attempt_id]
        attempt = self._attempts.get(attempt_id)
        station = attempt.station_id if attempt else self._rung_last
        part = self._same(REACH, station, station_id=station)
        if attempt is not None:
            self._rung_last = station
            self._of_attempt[attempt_id] = part
            part.attempts[attempt_id] = attempt
        return part
