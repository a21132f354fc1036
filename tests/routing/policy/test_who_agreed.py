"""A caller who agreed to wait a little for a counselor they know."""

from routing.engine import Urgency
from routing.policy import DEFAULT_POLICY, Need
from routing.recording import Event, Kind, event_of, facts


def test_who_agreed_to_wait_for_somebody_they_know_is_kept_a_minute_but_not_in_danger() -> None:
    agreed = Need(line="youth", language="hak", counselor="li", agreed=True)
    danger = Need(line="youth", language="hak", counselor="li", agreed=True, urgency=Urgency.CRISIS)
    gone = Need(line="youth", language="hak", agreed=True)

    def waits(need: Need) -> list[float]:
        return [stage.after_s for stage in DEFAULT_POLICY.plan_for(need).stages]

    assert waits(agreed)[:2] == [0.0, 60.0]
    assert waits(danger)[:2] == [0.0, 0.0]
    assert waits(gone)[0] == 0.0


def test_that_somebody_agreed_is_kept_for_a_replay() -> None:
    need = Need(line="youth", language="hak", counselor="li", agreed=True)
    event = Event(at=1.0, kind=Kind.CALL_ARRIVES, subject="c1", need=need)

    assert event_of(1.0, "call.arrives", "c1", facts(event)) == event
