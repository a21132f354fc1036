"""What a call that is over tells of those who call."""

from datetime import timedelta

from hotline.forecasting.past import past_call, usual_profile
from hotline.storage.tables import Call
from routing.policy.lint import Setting
from routing.simulate.load import Profile
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


def test_a_line_without_a_history_has_usual_callers_where_it_has_a_usual_language() -> None:
    usual = Profile().languages

    assert usual_profile(Setting(line="l", languages=("cmn",), people=())).languages == usual
    assert usual_profile(Setting(line="l", languages=(), people=())).languages == usual


def test_callers_of_a_line_in_other_languages_speak_those() -> None:
    found = usual_profile(Setting(line="l", languages=("uig", "bod"), people=()))

    assert found.languages == (("uig", 1.0), ("bod", 1.0))
