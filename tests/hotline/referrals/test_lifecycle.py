"""The lifecycle of a referral, cell by cell; and how much a receiver may tell."""

from itertools import product

import pytest

from hotline.errors import IllegalMove
from hotline.referrals.model import (
    MayTell,
    ReferralEvent,
    ReferralResult,
    ReferralState,
    may_be_told,
    referral_after,
)
from tests.lifecycle import read_lifecycle

TABLE = read_lifecycle("""
state      accepted  declined  appointed  came
advised    -         -         -          -
sent       accepted  declined  -          -
accepted   -         declined  accepted   came
not_come   -         declined  accepted   came
came       -         -         came       -
declined   -         -         -          -
resulted   -         -         -          -
settled    -         -         -          -
withdrawn  -         -         -          -

state      not_come  resulted  settled  withdrawn
advised    -         -         -        withdrawn
sent       -         -         -        withdrawn
accepted   not_come  resulted  -        withdrawn
not_come   -         resulted  -        withdrawn
came       -         resulted  -        withdrawn
declined   -         -         settled  -
resulted   -         -         -        -
settled    -         -         -        -
withdrawn  -         -         -        -
""")


@pytest.mark.parametrize(("state", "event"), [*product(ReferralState, ReferralEvent)])
def test_each_cell_is_what_is_written_here(state: ReferralState, event: ReferralEvent) -> None:
    expected = TABLE.cells[state.value, event.value]

    if expected == "-":
        with pytest.raises(IllegalMove):
            referral_after(state, event)
    else:
        assert referral_after(state, event) == expected


@pytest.mark.parametrize(
    ("may_tell", "result", "words", "expected"),
    [
        (MayTell.CAME_ONLY, ReferralResult.SEEN, "", True),
        (MayTell.CAME_ONLY, ReferralResult.SEEN, "x", False),
        (MayTell.CAME_ONLY, ReferralResult.ADMITTED, "", False),
        (MayTell.CODES, ReferralResult.ADMITTED, "", True),
        (MayTell.CODES, ReferralResult.ADMITTED, "x", False),
        (MayTell.WORDS, ReferralResult.ADMITTED, "x", True),
    ],
)
def test_a_receiver_tells_no_more_than_the_consent_covers(
    may_tell: MayTell, result: ReferralResult, words: str, *, expected: bool
) -> None:
    assert may_be_told(result, words, may_tell) is expected
