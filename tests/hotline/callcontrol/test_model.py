"""The lifecycle of a participant, cell by cell, and what the carrier is asked in each."""

from datetime import timedelta

import pytest

from hotline.callcontrol.model import (
    HEARD,
    ParticipantEvent,
    ParticipantState,
    act_due,
    may_join,
    participant_after,
)
from hotline.ports import LegStatus
from hotline.storage.tables import Participant
from tests.fakes import NOON

# One row a state, one column an event; `-`: the event comes too late and changes nothing.
EXPECTED = """
          dialled  rang     answered joined   ended   asked_again
asked     dialing  -        -        in_talk  ended   -
dialing   -        ringing  up       in_talk  ended   -
ringing   -        -        up       in_talk  ended   -
up        -        -        -        in_talk  ended   -
in_talk   -        -        -        -        ended   -
ended     -        -        -        -        -       asked
"""
HEADER, *ROWS = [row.split() for row in EXPECTED.strip().splitlines()]
CELLS = [(row[0], event, cell) for row in ROWS for event, cell in zip(HEADER, row[1:], strict=True)]


def test_the_expected_table_names_every_state_and_event() -> None:
    assert [row[0] for row in ROWS] == list(ParticipantState)
    assert list(ParticipantEvent) == HEADER


@pytest.mark.parametrize(("state", "event", "expected"), CELLS)
def test_each_event_in_each_state(state: str, event: str, expected: str) -> None:
    after = participant_after(state, ParticipantEvent(event))

    assert (after or "-") == expected


def test_every_word_of_the_carrier_but_dialing_means_something() -> None:
    said = {status.value: HEARD[status].value for status in LegStatus if status in HEARD}

    assert said == {
        "ringing": "rang",
        "up": "answered",
        "completed": "ended",
        "busy": "ended",
        "no_answer": "ended",
        "failed": "ended",
        "canceled": "ended",
    }


def one(role: str, state: str, **values: object) -> Participant:
    """A participant with a leg at the carrier."""
    fields = {"id": "p", "call_id": "c", "address": "client:li", "carrier_sid": "CA1"}
    return Participant.model_validate(
        {**fields, "created_at": NOON, "role": role, "state": state, **values}
    )


@pytest.mark.parametrize(
    ("role", "state", "values", "act"),
    [
        ("counselor", "asked", {}, "dial"),
        ("interpreter", "asked", {}, "dial"),
        ("caller", "asked", {}, "send_in"),
        ("caller", "asked", {"sent_at": NOON - timedelta(seconds=4)}, None),
        ("caller", "asked", {"sent_at": NOON - timedelta(seconds=5)}, "send_in"),
        ("counselor", "dialing", {}, None),
        ("counselor", "ringing", {}, None),
        ("counselor", "up", {}, None),
        ("counselor", "in_talk", {}, None),
        ("caller", "in_talk", {"hold_wanted": True}, "hold"),
        ("caller", "in_talk", {"hold_wanted": True, "held": True}, None),
        ("caller", "in_talk", {"held": True}, "resume"),
        ("caller", "in_talk", {"held": None}, "resume"),
        ("caller", "in_talk", {"hold_wanted": True, "held": None}, "hold"),
        ("caller", "asked", {"hold_wanted": True, "sent_at": NOON}, None),
        ("counselor", "dialing", {"wanted": "out", "carrier_sid": None}, None),
        ("counselor", "ringing", {"wanted": "out"}, "hang_up"),
        ("interpreter", "in_talk", {"wanted": "out"}, "hang_up"),
        ("interpreter", "ended", {"wanted": "out"}, None),
        ("caller", "ended", {"hold_wanted": True}, None),
        ("colleague", "asked", {}, "dial"),
        ("colleague", "ringing", {"ends_wanted": True, "ends": False}, None),
        ("colleague", "in_talk", {"ends_wanted": True}, "set_ends"),
        ("colleague", "in_talk", {"ends": None}, "set_ends"),
        ("colleague", "in_talk", {"ends_wanted": True, "ends": None}, "set_ends"),
        ("colleague", "in_talk", {"ends_wanted": True, "ends": True}, None),
        ("colleague", "in_talk", {"wanted": "out", "ends": True}, "set_ends"),
        ("colleague", "up", {"wanted": "out", "ends": True}, "hang_up"),
        ("guest", "in_talk", {"wanted": "out", "hold_wanted": True}, "hang_up"),
        ("supervisor", "in_talk", {"voice_wanted": "muted"}, "set_voice"),
        ("supervisor", "in_talk", {"voice_wanted": "coach", "voice": None}, "set_voice"),
        ("supervisor", "in_talk", {"voice_wanted": "coach", "voice": "coach"}, None),
        ("supervisor", "ringing", {"voice_wanted": "muted"}, None),
        ("supervisor", "in_talk", {"voice_wanted": "muted", "ends": True}, "set_ends"),
        ("supervisor", "in_talk", {"voice_wanted": "muted", "wanted": "out"}, "hang_up"),
        ("caller", "in_talk", {"to_say": "talk.back", "held": True}, "resume"),
        ("caller", "in_talk", {"to_say": "talk.back"}, "say"),
        ("caller", "in_talk", {"to_say": "talk.back", "hold_wanted": True, "held": True}, None),
        ("caller", "in_talk", {"hold_wanted": True, "ends_wanted": True}, "set_ends"),
    ],
)
def test_what_the_carrier_is_asked_next(
    role: str, state: str, values: dict[str, object], act: str | None
) -> None:
    assert act_due(one(role, state, **values), NOON) == act


@pytest.mark.parametrize(
    ("role", "proof", "may"),
    [
        ("caller", "", True),
        ("counselor", "", False),
        ("counselor", "browser", True),
        ("counselor", "key", True),
        ("interpreter", "", False),
        ("interpreter", "key", True),
        ("interpreter", "mumble", False),
        ("colleague", "", False),
        ("colleague", "browser", True),
        ("guest", "", False),
        ("guest", "service", True),
        ("supervisor", "", False),
        ("supervisor", "key", True),
    ],
)
def test_only_a_proven_person_comes_into_a_talk_whoever_it_is(
    role: str, proof: str, *, may: bool
) -> None:
    assert may_join(one(role, "up", proof=proof)) is may
