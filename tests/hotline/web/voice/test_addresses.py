"""What the address of a caller's document carries, read from whatever comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.web.voice.addresses import CallerAddress, once, read_address

ADDRESSES = st.builds(
    CallerAddress,
    call_id=st.sampled_from(["c1", "0a9f"]),
    what=st.sampled_from(["flow", "wait", "after", "join", "message"]),
    turn=st.none() | st.integers(0, 10**9 - 1),
    language=st.sampled_from(["cmn", "yue", "hak", "nan", "eng"]),
    danger=st.booleans(),
    rounds=st.integers(0, 999),
)


@given(ADDRESSES)
def test_an_address_is_read_as_it_was_written_whoever_stands_before_it(
    address: CallerAddress,
) -> None:
    written = once(address.text())

    assert read_address(written) == address
    assert read_address(f"https://line.example:8443{written}") == address


@given(st.text())
def test_no_address_is_an_error(url: str) -> None:
    assert read_address(url).turn is None or "turn" in url


@pytest.mark.parametrize("url", ["", "http://[", "/voice/legs/li/answer", "/voice/stations/a/pin"])
def test_an_address_of_somebody_else_is_of_no_call(url: str) -> None:
    assert read_address(url).call_id == ""


@pytest.mark.parametrize("turn", ["x", "-1", "1.0", "٣", "9" * 10, "1&turn=y"])
def test_a_turn_that_is_no_number_is_none(turn: str) -> None:
    assert read_address(f"/voice/calls/c1/wait?turn={turn}").turn is None


def test_no_address_is_given_out_twice() -> None:
    assert len({once("/voice/incoming") for _ in range(100)}) == 100
