"""A form of the carrier is read, whatever stands in it. The examples are the same in every run."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.numbers import masked, normalised
from hotline.telephony.callbacks import read_conference, read_leg

SETTINGS = settings(max_examples=200, deadline=None, derandomize=True, database=None)
NUMBERS = st.one_of(
    st.text(max_size=30),
    st.from_regex(r"(\+|00|tel:|sips?:|client:)?[0-9 ()\-.]{0,20}(@[a-z.]{0,9})?", fullmatch=True),
)
FIELDS = ("CallSid", "CallStatus", "From", "To", "Digits", "SpeechResult", "SequenceNumber",
          "Timestamp", "ConferenceSid", "FriendlyName", "StatusCallbackEvent")  # fmt: skip


@SETTINGS
@given(st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=40)))
def test_a_form_is_read_without_a_fault_and_twice_alike(fields: dict[str, str]) -> None:
    assert read_leg(fields) == read_leg(dict(fields))
    assert read_conference(fields) == read_conference(dict(fields))


@SETTINGS
@given(NUMBERS)
def test_a_number_in_its_one_form_stays_as_it_is_and_is_never_shown_whole(raw: str) -> None:
    number = normalised(raw)

    shown = masked(raw)

    assert number is None or normalised(number) == number
    assert number is None or len(number) <= 6 or number.removeprefix("+86") not in shown
