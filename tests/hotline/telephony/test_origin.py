"""Whose number a call comes from. The examples of chance are the same in every run."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.numbers import NumberKind, normalised
from hotline.telephony.origin import HEADERS, Origin, read_origin

OURS, CHILD = "+862000000001", "+8613800138000"
SETTINGS = settings(max_examples=200, deadline=None, derandomize=True, database=None)
ENTRIES = st.from_regex(r'("[^"]*" ?)?<?(sips?:|tel:)?\+?[0-9a-z]{0,16}(@[a-z.]{1,9})?>?[;,a-z=]*')


def read(**fields: str) -> Origin:
    return read_origin(
        fields.get("From", "").strip(), fields, is_ours=lambda number: number == OURS
    )


@pytest.mark.parametrize("raw", ["13800138000", "+8613800138000", "<sip:+8613800138000@trunk>"])
def test_a_number_of_somebody_is_the_callers_whatever_a_header_adds(raw: str) -> None:
    origin = read(From=raw, ForwardedFrom="075512345678")

    assert (origin.kind, origin.number) == (NumberKind.DIRECT, CHILD)
    assert origin.sent == {"From": raw, "ForwardedFrom": "075512345678"}


@pytest.mark.parametrize(
    "raw", ["", "anonymous", "Restricted", "+266696687", '"Anonymous" <sip:anonymous@host.invalid>']
)
def test_a_withheld_number_stays_withheld_though_the_network_knows_it(raw: str) -> None:
    origin = read(From=raw, **{"SipHeader_P-Asserted-Identity": "<tel:+8613800138000>"})

    assert (origin.kind, origin.number) == (NumberKind.WITHHELD, None)


@pytest.mark.parametrize("raw", ["12345", "020-12345", "02000000001", "000", "nonsense"])
@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("SipHeader_P-Asserted-Identity", "<sip:+8613800138000@trunk;user=phone>"),
        ("sipheader_p-asserted-identity", "tel:+8613800138000"),
        ("ForwardedFrom", "13800138000"),
        ("SipHeader_Diversion", '<sip:12345@a>;reason=unknown, "a, b" <sip:013800138000@b>'),
        ("SipHeader_History-Info", "<sip:%2B8613800138000@a>;index=1, <sip:12355@b>;index=1.1"),
    ],
)
def test_who_was_passed_on_is_found_in_a_header(raw: str, header: str, value: str) -> None:
    origin = read(**{"From": raw, header: value})

    assert (origin.kind, origin.number) == (NumberKind.FORWARDED, CHILD)
    assert normalised(origin.raw) == CHILD


@pytest.mark.parametrize("raw", ["12345", "02000000001"])
def test_where_only_a_trunk_is_known_that_is_said(raw: str) -> None:
    origin = read(From=raw, ForwardedFrom="12345")

    assert origin.kind is NumberKind.TRUNK


def test_a_number_that_nobody_can_read_is_called_so() -> None:
    assert read(From="#7*").kind is NumberKind.MALFORMED


@SETTINGS
@given(st.dictionaries(st.sampled_from(("From", *HEADERS)), st.one_of(st.text(), ENTRIES)))
def test_any_form_is_read_and_what_was_sent_is_kept(fields: dict[str, str]) -> None:
    origin = read(**fields)

    assert origin == read(**fields)
    assert origin.number == normalised(origin.raw) or origin.kind is NumberKind.WITHHELD
    assert bool(origin.sent) == any(fields.get(name, "").strip() for name in HEADERS)
