"""Signatures: equal to the library's, and nobody gets in without one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator

from hotline.telephony.signature import sign, signed_by_carrier

TOKEN = "12345"
URL = "https://example.com/myapp.php?foo=1&bar=2"
FIELDS = [
    ("Digits", "1234"),
    ("To", "+18005551212"),
    ("From", "+14158675310"),
    ("Caller", "+14158675310"),
    ("CallSid", "CA1234567890ABCDE"),
]
SIGNATURE = "L/OH5YylLD5NRKLltdqwSvS0BnU="

forms = st.lists(
    st.tuples(
        st.sampled_from(["Digits", "To", "to", "SpeechResult", "字段"]) | st.text(), st.text()
    )
)
urls = st.builds(
    "{}://{}{}{}".format,
    st.sampled_from(["https", "http"]),
    st.sampled_from(["example.com", "127.0.0.1", "热线.example"]),
    st.sampled_from(["", ":80", ":443", ":8443"]),
    st.sampled_from(
        ["", "/", "/voice/incoming", "/voice/step?at=menu&lang=yue", "/a%20b?x=%E5%90%AC"]
    ),
)


def test_the_published_vector_is_reproduced() -> None:
    assert sign(URL, FIELDS, TOKEN) == SIGNATURE
    assert signed_by_carrier(URL, FIELDS, SIGNATURE, [TOKEN])


@settings(max_examples=1000, deadline=None)
@given(url=urls, form=forms, token=st.text(min_size=1))
def test_any_form_is_signed_as_the_library_signs_it(
    url: str, form: list[tuple[str, str]], token: str
) -> None:
    expected = RequestValidator(token).compute_signature(url, ImmutableMultiDict(form))

    assert sign(url, form, token) == expected


@settings(max_examples=1000, deadline=None)
@given(signed=urls, seen=urls, form=forms)
def test_a_request_is_accepted_exactly_where_the_library_accepts_it(
    signed: str, seen: str, form: list[tuple[str, str]]
) -> None:
    signature = sign(signed, form, TOKEN)

    expected = RequestValidator(TOKEN).validate(seen, ImmutableMultiDict(form), signature)

    assert signed_by_carrier(seen, form, signature, [TOKEN]) == expected


@pytest.mark.parametrize(
    ("signed", "seen"),
    [
        ("https://line.example/voice", "https://line.example:443/voice"),
        ("https://line.example:443/voice", "https://line.example/voice"),
        ("http://line.example:80/voice", "http://line.example/voice"),
        ("https://line.example/voice", "https://line.example:8443/voice"),
        ("http://[::1]/voice", "http://[::1]:8000/voice"),
        ("http://[::1]:80/voice", "http://[::1]/voice"),
        ("https://line.example:443", "https://line.example"),
    ],
)
def test_the_port_may_be_in_the_signed_url_or_not(signed: str, seen: str) -> None:
    signature = sign(signed, FIELDS, TOKEN)

    assert signed_by_carrier(seen, FIELDS, signature, [TOKEN])


def test_another_port_is_another_address() -> None:
    signature = sign("https://line.example:9999/voice", FIELDS, TOKEN)

    assert not signed_by_carrier("https://line.example:8443/voice", FIELDS, signature, [TOKEN])


def test_something_that_is_no_url_is_refused() -> None:
    assert not signed_by_carrier("/voice/incoming", FIELDS, SIGNATURE, [TOKEN])


def test_a_changed_field_breaks_the_signature() -> None:
    tampered = [*FIELDS[1:], ("Digits", "9999")]

    assert not signed_by_carrier(URL, tampered, SIGNATURE, [TOKEN])


def test_an_empty_field_is_signed_as_well() -> None:
    with_empty = [*FIELDS, ("CallerName", "")]

    assert not signed_by_carrier(URL, with_empty, SIGNATURE, [TOKEN])
    assert signed_by_carrier(URL, with_empty, sign(URL, with_empty, TOKEN), [TOKEN])


def test_a_field_sent_twice_counts_once_and_in_any_order() -> None:
    form = [("Media", "b"), ("Media", "a")]

    assert sign(URL, form, TOKEN) == sign(
        URL, [("Media", "a"), ("Media", "b"), ("Media", "a")], TOKEN
    )


def test_without_a_configured_token_nobody_gets_in() -> None:
    signed_with_nothing = sign(URL, FIELDS, "")

    assert not signed_by_carrier(URL, FIELDS, signed_with_nothing, [])
    assert not signed_by_carrier(URL, FIELDS, signed_with_nothing, [""])


def test_while_tokens_rotate_both_are_accepted() -> None:
    assert signed_by_carrier(URL, FIELDS, SIGNATURE, ["new token", TOKEN])
    assert signed_by_carrier(URL, FIELDS, SIGNATURE, [TOKEN, "new token"])
    assert not signed_by_carrier(URL, FIELDS, SIGNATURE, ["new token", "another"])


@pytest.mark.parametrize(
    "signature", ["", "L/OH5YylLD5NRKLltdqwSvS0BnU", "é\udcff", SIGNATURE + "="]
)
def test_a_missing_or_broken_signature_is_refused(signature: str) -> None:
    assert not signed_by_carrier(URL, FIELDS, signature, [TOKEN])
