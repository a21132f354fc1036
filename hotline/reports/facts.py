"""What figures are made of: one small fact for each call and for each promise. Pure.

Whatever a figure needs to know stands in a fact; no figure reads a row. All moments are aware.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFact:
    """A call that came in. `queued_at`: offered to people from then on; None: never.

    `joined_at`: when the first counselor was with the caller. `left_at`: when the caller was gone.
    `outcome`: of a call that is over, one of `calls.model.OF_ARRIVALS`; empty where it has none.
    `dropped_in_talk`: somebody in danger was gone out of a talk, and a call is owed for it.
    `again`: its number called before in the time looked at; None: it is withheld.
    `city`: four digits; empty: nobody knows. `level`, `contact_type`, `topics`, `ages`: of the
    record; empty without one. `recorded`: there is a record that is finished.
    """

    id: str
    line_id: str
    arrived_at: datetime
    queued_at: datetime | None = None
    joined_at: datetime | None = None
    left_at: datetime | None = None
    over: bool = True
    outcome: str = ""
    crisis: bool = False
    dropped_in_talk: bool = False
    again: bool | None = None
    place: str = ""
    level: str = ""
    contact_type: str = ""
    topics: tuple[str, ...] = ()
    ages: str = ""
    recorded: bool = False

    @property
    def city(self) -> str:
        """Four digits; empty: nobody knows."""
        return self.place[:4]

    @property
    def waited(self) -> timedelta:
        """In the queue, until somebody was with them or they were gone; nothing without a queue."""
        ended = self.joined_at or self.left_at
        if self.queued_at is None or ended is None:
            return timedelta()
        return max(timedelta(), ended - self.queued_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBackFact:
    """A call that we owe. `due_at`: as first promised; later dates after tries in vain are others.

    `tried_at`: when the first try began. `state`: of `callbacks.model.CallbackState`.
    """

    id: str
    line_id: str
    call_id: str
    promised_at: datetime
    due_at: datetime
    state: str
    tried_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpFact:
    """One call of a sequence that fell due. `late_at`: from when on it is late.

    `tried_at`: when their phone first rang for it. `reached_at`: when they were spoken with.
    """

    id: str
    line_id: str
    call_id: str
    due_at: datetime
    late_at: datetime
    tried_at: datetime | None = None
    reached_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationFact:
    """A duty of a station. `acknowledged_at`: the first time; `deadline_at`: until when it had to.

    `is_rescue`: a life was in danger; `confirmed_at`: an emergency service said that it had come.
    """

    id: str
    line_id: str
    call_id: str
    created_at: datetime
    deadline_at: datetime
    acknowledged_at: datetime | None = None
    is_rescue: bool = False
    confirmed_at: datetime | None = None


ServiceFact = CallFact | CallBackFact | FollowUpFact | EscalationFact


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFacts:
    """Everything of one period and some lines, as it was known at `at`."""

    at: datetime
    calls: tuple[CallFact, ...] = ()
    call_backs: tuple[CallBackFact, ...] = ()
    follow_ups: tuple[FollowUpFact, ...] = ()
    escalations: tuple[EscalationFact, ...] = field(default=())

    @property
    def every(self) -> tuple[ServiceFact, ...]:
        """All of them."""
        return (*self.calls, *self.call_backs, *self.follow_ups, *self.escalations)
