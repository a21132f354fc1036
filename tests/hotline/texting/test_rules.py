"""The lifecycle of a text, every state × every event; and when one may be sent."""

from datetime import datetime, time, timedelta

import pytest

from hotline.i18n.catalog import HERE
from hotline.texting.model import TextEvent, TextState, text_after
from hotline.texting.policy import LONGEST_PAUSE, back_off, out_of_quiet

# .: too late to mean anything
LIFECYCLE = """
             claimed taken not_taken unclear dropped delivered undelivered failed
received     .       .     .         .       .       .         .           .
queued       sending .     .         .       dropped .         .           .
sending      .       sent  queued    unclear .       delivered undelivered failed
unclear      .       sent  queued    unclear .       delivered undelivered failed
sent         .       .     .         .       .       delivered undelivered failed
delivered    .       .     .         .       .       .         .           .
undelivered  .       .     .         .       .       .         .           .
failed       .       .     .         .       .       .         .           .
dropped      .       .     .         .       .       .         .           .
"""
EVENTS, *ROWS = (line.split() for line in LIFECYCLE.strip().splitlines())
CELLS = [(row[0], event, cell) for row in ROWS for event, cell in zip(EVENTS, row[1:], strict=True)]


@pytest.mark.parametrize(("state", "event", "after"), CELLS)
def test_an_event_leads_where_the_table_says(state: str, event: str, after: str) -> None:
    assert text_after(state, TextEvent(event)) == (None if after == "." else after)


def test_the_table_has_every_state_and_every_event() -> None:
    assert {row[0] for row in ROWS} == set(TextState)
    assert set(EVENTS) == set(TextEvent)


# | asked at | is sent at |
HOURS = [("08:00", "08:00"), ("12:00", "12:00"), ("21:59", "21:59"), ("22:00", "08:00+1"),
         ("23:59", "08:00+1"), ("00:00", "08:00"), ("07:59", "08:00")]  # fmt: skip


@pytest.mark.parametrize(("asked", "sent"), HOURS)
def test_nothing_is_sent_between_ten_and_eight(asked: str, sent: str) -> None:
    clock, _, days = sent.partition("+")
    day = datetime(2026, 3, 1, tzinfo=HERE)

    at = out_of_quiet(datetime.combine(day, time.fromisoformat(asked), HERE))

    assert at.strftime("%H:%M") == clock
    assert at.date() == day.date() + timedelta(days=int(days or 0))


def test_the_carrier_is_left_alone_longer_each_time_but_not_for_ever() -> None:
    pauses = [back_off(tries) for tries in range(12)]

    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
