"""Random floors: facts of calls and promises as they can come about."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from hotline.calls.model import OF_ARRIVALS, Outcome
from hotline.reports.facts import CallBackFact, CallFact, EscalationFact, FollowUpFact, ServiceFacts

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
SECONDS = st.one_of(st.integers(0, 40), st.sampled_from([4, 5, 15, 16, 600]))
SPANS = SECONDS.map(lambda n: timedelta(seconds=n))
MAYBE = st.one_of(st.none(), SPANS)
CALL_OUTCOMES = st.sampled_from(["", *map(str, OF_ARRIVALS)])
CALLBACK_STATES = st.sampled_from(["open", "in_hand", "done", "withdrawn", "closed"])


def plus(span: timedelta | None) -> datetime | None:
    return None if span is None else NOON + span


@st.composite
def calls(draw: st.DrawFn) -> CallFact:
    queued, waited, joins = draw(MAYBE), draw(SPANS), draw(st.booleans())
    joined = queued + waited if queued is not None and joins else None
    ended = None if queued is None else queued + waited + (draw(SPANS) if joins else timedelta())
    over = draw(st.booleans())
    outcome = Outcome.TALKED if joined and draw(st.booleans()) else draw(CALL_OUTCOMES)
    return CallFact(
        id="",
        line_id="youth",
        arrived_at=NOON,
        queued_at=plus(queued),
        joined_at=plus(joined),
        left_at=plus(ended) if over else None,
        over=over,
        outcome=str(outcome) if over else "",
        crisis=draw(st.booleans()),
        dropped_in_talk=joined is not None and over and draw(st.booleans()),
        place=draw(st.sampled_from(["", "440106", "440100", "440305", "110000"])),
        topics=draw(st.sampled_from([(), ("family",), ("family", "study"), ("peers.partner",)])),
        ages=draw(st.sampled_from(["", "10_13"])),
        level=draw(st.sampled_from(["", "high"])),
        again=draw(st.sampled_from([None, True, False])),
    )


@st.composite
def call_backs(draw: st.DrawFn) -> CallBackFact:
    return CallBackFact(
        id="",
        line_id="youth",
        call_id="",
        promised_at=NOON,
        due_at=NOON + draw(SPANS),
        state=draw(CALLBACK_STATES),
        tried_at=plus(draw(MAYBE)),
    )


@st.composite
def follow_ups(draw: st.DrawFn) -> FollowUpFact:
    return FollowUpFact(
        id="",
        line_id="youth",
        call_id="",
        due_at=NOON,
        late_at=NOON + draw(SPANS),
        tried_at=plus(draw(MAYBE)),
    )


@st.composite
def escalations(draw: st.DrawFn) -> EscalationFact:
    is_rescue = draw(st.booleans())
    return EscalationFact(
        id="",
        line_id="youth",
        call_id="",
        created_at=NOON,
        deadline_at=NOON + draw(SPANS),
        acknowledged_at=plus(draw(MAYBE)),
        is_rescue=is_rescue,
        confirmed_at=plus(draw(MAYBE)) if is_rescue else None,
    )


def _several(one: st.SearchStrategy[Any], most: int = 12) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(one, max_size=most).map(tuple)


def floors() -> st.SearchStrategy[ServiceFacts]:
    """ServiceFacts as they were known 20 seconds after noon."""
    return st.builds(
        ServiceFacts,
        at=st.just(NOON + timedelta(seconds=20)),
        calls=_several(calls()),
        call_backs=_several(call_backs(), 6),
        follow_ups=_several(follow_ups(), 6),
        escalations=_several(escalations(), 6),
    )
