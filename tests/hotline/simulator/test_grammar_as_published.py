"""The grammar beside what the carrier publishes: the parameters of its own package, both ways."""

import inspect
from collections.abc import Mapping

import pytest
from twilio.twiml import TwiML, lower_camel
from twilio.twiml.voice_response import Client, Dial, Gather, Say, VoiceResponse

from hotline.carrier.grammar import (
    APART,
    GRAMMAR,
    NOT_PLAYED,
    SOUNDS,
    VERBS,
    faults_of,
)

CONTENT = {
    "Say": "message",
    "Play": "url",
    "Redirect": "url",
    "Dial": "number",
    "Number": "phone_number",
    "Client": "identity",
    "Conference": "name",
}
"""Which parameter becomes what stands in the verb; all others are attributes."""

NEVER_PLAYED = {
    "Response": {"Connect", "Echo", "Enqueue", "Leave", "Pay", "Prompt", "Queue", "Refer", "Sms"}
    | {"Start", "Stop"},
    "Dial": {"Application", "Queue", "Sim", "Sip", "WhatsApp"},
    "Say": {"Break", "Emphasis", "Lang", "P", "Phoneme", "Prosody", "S", "SayAs", "Sub", "W"},
    "Client": {"Identity", "Parameter"},
}
"""Published verbs that this carrier does not know: what it would do with them nobody has built."""

Published = Mapping[str, frozenset[str]]


def published_in(parent: type[TwiML]) -> Published:
    """What may stand in a verb, each with the attributes that it may have."""
    methods = {
        name: method
        for name, method in inspect.getmembers(parent, inspect.isfunction)
        if name not in dir(TwiML)
    }
    return {verb_of(name): attributes_of(verb_of(name), method) for name, method in methods.items()}


def verb_of(method: str) -> str:
    """As it is written in a document."""
    return "".join(part.capitalize() for part in method.strip("_").split("_"))


def attributes_of(verb: str, method: object) -> frozenset[str]:
    """As they are written in a document."""
    assert callable(method)
    names = set(inspect.signature(method).parameters) - {"self", "kwargs", CONTENT.get(verb)}
    return frozenset(lower_camel(TwiML.MAP.get(name, name)) for name in names)


VOICE = {**published_in(VoiceResponse), **published_in(Dial)}


@pytest.mark.parametrize("verb", GRAMMAR)
def test_every_published_attribute_is_known_and_no_other_is(verb: str) -> None:
    played, not_played = GRAMMAR[verb].attributes.keys(), NOT_PLAYED.get(verb, frozenset())

    assert played | not_played == VOICE[verb]
    assert not played & not_played


@pytest.mark.parametrize(
    ("parent", "played"),
    [
        (VoiceResponse, VERBS),
        (Gather, GRAMMAR["Gather"].inside),
        (Dial, GRAMMAR["Dial"].inside),
        (Say, GRAMMAR["Say"].inside),
        (Client, GRAMMAR["Client"].inside),
    ],
)
def test_what_may_stand_in_a_verb_is_what_is_published(
    parent: type[TwiML], played: frozenset[str]
) -> None:
    known = "Response" if parent is VoiceResponse else parent.__name__

    assert played | NEVER_PLAYED.get(known, set()) == published_in(parent).keys()


def test_who_hears_something_alone_hears_what_is_published_for_a_question() -> None:
    assert APART - {"Redirect"} == SOUNDS == published_in(Gather).keys()


def test_a_published_attribute_that_does_nothing_here_is_told_in_other_words_than_a_wrong_one() -> (
    None
):
    found = faults_of('<Response><Dial record="true" recrod="true">1</Dial></Response>')

    assert found == ["record of Dial does nothing here", "Dial has no attribute recrod"]
