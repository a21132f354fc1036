"""What a call that is over tells of those who call."""

from datetime import timedelta

from hotline.forecasting.past import past_call
from hotline.storage.tables import Call
from tests.fakes import NOON


def call(**facts: object) -> Call:
    made = Call(
        carrier_sid="CA1",
        line_id="youth-12355",
        state="ended",
        arrived_at=NOON,
        heard_at=NOON,
        queued_at=NOON + timedelta(seconds=5),
        left_at=NOON + timedelta(seconds=65),
        ended_at=NOON + timedelta(seconds=65),
    )
    for name, value in facts.items():
        setattr(made, name, value)
    return made


def test_a_call_that_was_lost_tells_of_patience_and_not_of_talk() -> None:
    past = past_call(call(outcome="hung_up"))

    assert (past.answered, past.waited_s, past.talk_s) == (False, 60.0, None)


def test_a_call_that_was_answered_tells_how_long_it_waited_and_talked() -> None:
    past = past_call(call(outcome="talked", joined_at=NOON + timedelta(seconds=15)))

    assert (past.answered, past.waited_s, past.talk_s) == (True, 10.0, 50.0)
