"""How many messages a text takes: the tables of the standard, and what must hold for any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.texting.segments import BASIC, EXTENSION, JOINED, SINGLE, Encoding, size_of

# | text                  | encoding | units | segments |
SIZES = [
    ("", "gsm", 0, 1),
    ("a" * 160, "gsm", 160, 1),
    ("a" * 161, "gsm", 161, 2),
    ("a" * 306, "gsm", 306, 2),
    ("a" * 307, "gsm", 307, 3),
    ("€" * 80, "gsm", 160, 1),
    ("€" * 81, "gsm", 162, 2),
    ("a" * 152 + "€" * 5, "gsm", 162, 2),
    ("a" * 152 + "€" + "a" * 152, "gsm", 306, 3),  # what is not cut apart leaves a septet empty
    ("你" * 70, "ucs2", 70, 1),
    ("你" * 71, "ucs2", 71, 2),
    ("你" * 134, "ucs2", 134, 2),
    ("你" * 135, "ucs2", 135, 3),
    ("a" * 69 + "你", "ucs2", 70, 1),
    ("`", "ucs2", 1, 1),  # in ASCII, and not in GSM-7
    ("ç", "ucs2", 1, 1),
    ("@£$¥èéùìòÇΔΩ", "gsm", 12, 1),
    ("😀" * 35, "ucs2", 70, 1),
    ("😀" * 36, "ucs2", 72, 2),
    ("😀" * 67, "ucs2", 134, 3),  # 33 whole ones in each of 67 units
]


@pytest.mark.parametrize(("text", "encoding", "units", "segments"), SIZES)
def test_a_text_takes_what_the_standard_says(
    text: str, encoding: str, units: int, segments: int
) -> None:
    size = size_of(text)

    assert (size.encoding, size.units, size.segments) == (encoding, units, segments)


def test_the_basic_table_has_every_letter_of_its_128_but_the_escape() -> None:
    assert (len(BASIC), len(EXTENSION)) == (127, 10)
    assert not BASIC & EXTENSION


@given(st.text(max_size=600))
def test_the_parts_of_any_text_have_room_for_it_and_are_no_more_than_needed(text: str) -> None:
    size = size_of(text)

    room, most_left = JOINED[size.encoding], 1
    if size.units <= SINGLE[size.encoding]:
        assert size.segments == 1
    else:
        assert size.units <= size.segments * room
        assert size.units > (size.segments - 1) * (room - most_left)


@given(st.text(max_size=400), st.text(max_size=1))
def test_a_longer_text_never_takes_fewer_messages(text: str, more: str) -> None:
    assert size_of(text + more).segments >= size_of(text).segments


@given(st.text(alphabet=sorted(BASIC | EXTENSION), max_size=200))
def test_letters_of_the_tables_never_make_a_text_ucs2(text: str) -> None:
    assert size_of(text).encoding is Encoding.GSM
