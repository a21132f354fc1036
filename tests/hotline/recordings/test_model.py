"""Both lifecycles of a recording, cell by cell, and what the carrier is asked in each state."""

import pytest

from hotline.recordings.model import (
    CopyEvent,
    CopyState,
    RecordingEvent,
    RecordingState,
    RecordingWish,
    act_due,
    copy_after,
    recording_after,
)
from hotline.storage.tables import CallRecording
from tests.fakes import NOON
from tests.lifecycle import REFUSED, read_lifecycle

# `-`: the event comes too late and changes nothing.
AT_THE_CARRIER = read_lifecycle("""
state   asked  runs  pauses  not_begun  ended
none    asked  -     -       -          over
asked   asked  on    paused  none       over
on      asked  -     -       -          over
paused  asked  -     -       -          over
over    -      -     -       -          -
""")
SOUND = read_lifecycle("""
state    over    stored   gone     expired  not_there
none     wanted  -        -        -        -
wanted   -       fetched  -        -        missing
fetched  -       -        deleted  -        -
deleted  -       -        -        erased   -
erased   -       -        -        -        -
missing  -       -        -        -        -
""")
# What is asked: one row a state, one column a wish; in brackets without an id of the carrier's.
ASKED = """
state     on      paused  off
none      start   -       -
asked     resume  pause   stop
(asked)   look    look    look
on        -       pause   stop
paused    resume  -       stop
over      -       -       -
"""


def test_the_expected_tables_name_every_state_and_event() -> None:
    assert set(AT_THE_CARRIER.cells) == {(s, e) for s in RecordingState for e in RecordingEvent}
    assert set(SOUND.cells) == {(s, e) for s in CopyState for e in CopyEvent}


@pytest.mark.parametrize(("at", "expected"), AT_THE_CARRIER.cells.items())
def test_each_event_in_each_state(at: tuple[str, str], expected: str) -> None:
    after = recording_after(at[0], RecordingEvent(at[1]))

    assert (after or REFUSED) == expected


@pytest.mark.parametrize(("at", "expected"), SOUND.cells.items())
def test_each_event_at_each_point_of_the_sounds_way(at: tuple[str, str], expected: str) -> None:
    after = copy_after(at[0], CopyEvent(at[1]))

    assert (after or REFUSED) == expected


@pytest.mark.parametrize(("at", "expected"), read_lifecycle(ASKED).cells.items())
def test_what_the_carrier_is_asked_next(at: tuple[str, str], expected: str) -> None:
    state, wish = at
    known = None if state == "none" or state.startswith("(") else "RE1"
    one = CallRecording(
        call_id="c",
        leg_sid="CA",
        carrier_sid=known,
        state=state.strip("()"),
        wanted=RecordingWish(wish),
        due_at=NOON,
        created_at=NOON,
    )

    assert (act_due(one) or REFUSED) == expected
