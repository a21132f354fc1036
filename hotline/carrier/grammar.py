"""What may stand in a document: verbs, attributes, their values and what nests in what. Pure.

After the carrier's documentation of TwiML for voice, as far as this carrier plays it; a document
that it would not take as it was meant has faults here, and each is a warning in the journal. A test
holds the names against the carrier's own package: what is published stands in the grammar, or
among what is published and not played here, which is told in other words than a misspelt name.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

Fits = Callable[[str], bool]

LARGEST_DOCUMENT, LONGEST_SAY = 64 * 1024, 4096  # bytes, characters
DAY_S = 24 * 3600


def _number(least: int, most: int) -> Fits:
    return lambda value: value.isdecimal() and least <= int(value) <= most


def _one_of(*words: str) -> Fits:
    return words.__contains__


def _some_of(*words: str) -> Fits:
    return lambda value: bool(value) and set(value.split(" ")) <= set(words)


def _like(pattern: str) -> Fits:
    return re.compile(pattern, re.DOTALL).fullmatch  # type: ignore[return-value]  # a match is true


FLAG = _one_of("true", "false")
ADDRESS = _like(r"(https?://[^\s/]+)?/\S*")
METHOD = _one_of("GET", "POST")
KEYS = _like("[0-9*#]*")
TAG = _like("[a-z]{2,3}(-[A-Za-z]{2,8})*")
TEXT = _like(".{1,1000}")
LABEL = _like(".{1,128}")
CONFERENCE_EVENTS = _some_of(
    "start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"
)
LEG_EVENTS = _some_of("initiated", "ringing", "answered", "completed")
RECORDING_EVENTS = _some_of("in-progress", "completed", "absent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """`text`: whether words stand in it: `must`, `may` or `never`."""

    attributes: Mapping[str, Fits] = field(default_factory=dict)
    inside: frozenset[str] = frozenset()
    text: str = "never"


SOUNDS = frozenset({"Say", "Play", "Pause"})
NOUNS = frozenset({"Number", "Client", "Conference"})
RECORDED: Mapping[str, Fits] = {
    "recordingStatusCallback": ADDRESS,
    "recordingStatusCallbackMethod": METHOD,
    "recordingStatusCallbackEvent": RECORDING_EVENTS,
}
LEG: Mapping[str, Fits] = {
    "url": ADDRESS,
    "method": METHOD,
    "statusCallback": ADDRESS,
    "statusCallbackMethod": METHOD,
    "statusCallbackEvent": LEG_EVENTS,
}
GRAMMAR: Mapping[str, Verb] = {
    "Say": Verb(attributes={"language": TAG, "voice": TEXT, "loop": _number(0, 1000)}, text="must"),
    "Play": Verb(attributes={"loop": _number(0, 1000), "digits": _like("[0-9*#wW]+")}, text="must"),
    "Pause": Verb(attributes={"length": _number(1, DAY_S)}),
    "Gather": Verb(
        attributes={
            "input": _one_of("dtmf", "speech", "dtmf speech"),
            "action": ADDRESS,
            "method": METHOD,
            "timeout": _number(1, 600),
            "numDigits": _number(1, 1000),
            "finishOnKey": KEYS,
            "actionOnEmptyResult": FLAG,
            "language": TAG,
            "hints": TEXT,
            "speechTimeout": _like("auto|[0-9]+"),
            "bargeIn": FLAG,
            "profanityFilter": FLAG,
        },
        inside=SOUNDS,
    ),
    "Record": Verb(
        attributes={
            "action": ADDRESS,
            "method": METHOD,
            "timeout": _number(1, 600),
            "finishOnKey": KEYS,
            "maxLength": _number(2, 14400),
            "playBeep": FLAG,
            "trim": _one_of("trim-silence", "do-not-trim"),
            **RECORDED,
        }
    ),
    "Dial": Verb(
        attributes={
            "action": ADDRESS,
            "method": METHOD,
            "timeout": _number(5, 600),
            "timeLimit": _number(1, DAY_S),
            "callerId": TEXT,
            "hangupOnStar": FLAG,
            "answerOnBridge": FLAG,
            "sequential": FLAG,
        },
        inside=NOUNS,
        text="may",
    ),
    "Number": Verb(attributes=LEG, text="must"),
    "Client": Verb(attributes=LEG, text="must"),
    "Conference": Verb(
        attributes={
            "muted": FLAG,
            "beep": _one_of("true", "false", "onEnter", "onExit"),
            "startConferenceOnEnter": FLAG,
            "endConferenceOnExit": FLAG,
            "participantLabel": LABEL,
            "waitUrl": lambda value: value == "" or bool(ADDRESS(value)),
            "waitMethod": METHOD,
            "maxParticipants": _number(2, 250),
            "coach": _like("CA.+"),
            "statusCallback": ADDRESS,
            "statusCallbackMethod": METHOD,
            "statusCallbackEvent": CONFERENCE_EVENTS,
            **RECORDED,
        },
        text="must",
    ),
    "Redirect": Verb(attributes={"method": METHOD}, text="may"),
    "Reject": Verb(attributes={"reason": _one_of("rejected", "busy")}),
    "Hangup": Verb(),
}
VERBS = frozenset(GRAMMAR) - NOUNS
NOT_PLAYED: Mapping[str, frozenset[str]] = {
    "Gather": frozenset(
        {
            "maxSpeechTime",
            "partialResultCallback",
            "partialResultCallbackMethod",
            "debug",
            "speechModel",
            "enhanced",
        }
    ),
    "Record": frozenset({"transcribe", "transcribeCallback", "recordingConfigurationId"}),
    "Dial": frozenset(
        {
            "record",
            "trim",
            "recordingStatusCallback",
            "recordingStatusCallbackMethod",
            "recordingStatusCallbackEvent",
            "recordingConfigurationId",
            "recordingTrack",
            "ringTone",
            "referUrl",
            "referMethod",
            "events",
            "passports",
        }
    ),
    "Number": frozenset(
        {
            "sendDigits",
            "byoc",
            "machineDetection",
            "machineDetectionTimeout",
            "machineDetectionSpeechThreshold",
            "machineDetectionSpeechEndThreshold",
            "machineDetectionSilenceTimeout",
            "amdStatusCallback",
            "amdStatusCallbackMethod",
        }
    ),
    "Conference": frozenset(
        {"record", "trim", "recordingConfigurationId", "region", "eventCallbackUrl"}
        | {"jitterBufferSize"}
    ),
}
"""Attributes that are published and do nothing at this carrier."""
APART = SOUNDS | {"Redirect"}
"""What may stand in a document that one participant of a conference hears alone."""


def faults_of(text: str, *, allowed: frozenset[str] = VERBS) -> list[str]:
    """Everything in a document that its reader would not take as it is meant.

    `allowed`: the verbs that may stand in it. What is no document at all has one fault.
    """
    try:
        root = ET.fromstring(text)  # noqa: S314 – our own application, on loopback
    except ET.ParseError:
        return ["it is no XML"]
    if root.tag != "Response":
        return [f"its root is {root.tag}"]
    found = ["it is larger than 64 KiB"] if len(text.encode()) > LARGEST_DOCUMENT else []
    found += [f"Response has the attribute {name}" for name in root.attrib]
    return found + [fault for verb in root for fault in _faults(verb, allowed, "Response")]


def _faults(verb: ET.Element, allowed: frozenset[str], where: str) -> Iterator[str]:
    if verb.tag not in allowed:
        yield f"{verb.tag} may not stand in {where}"
        return
    rules = GRAMMAR[verb.tag]
    yield from _faults_of_attributes(verb, rules)
    yield from _faults_of_text(verb, rules)
    for inner in verb:
        yield from _faults(inner, rules.inside, verb.tag)


def _faults_of_attributes(verb: ET.Element, rules: Verb) -> Iterator[str]:
    for name, value in verb.attrib.items():
        fits = rules.attributes.get(name)
        if name in NOT_PLAYED.get(verb.tag, ()):
            yield f"{name} of {verb.tag} does nothing here"
        elif fits is None:
            yield f"{verb.tag} has no attribute {name}"
        elif not fits(value):
            yield f"{name} of {verb.tag} may not be {value!r}"


def _faults_of_text(verb: ET.Element, rules: Verb) -> Iterator[str]:
    words = (verb.text or "").strip()
    if words and rules.text == "never":
        yield f"{verb.tag} holds words"
    if not words and rules.text == "must" and not verb.get("digits"):  # keys alone can be played
        yield f"{verb.tag} is empty"
    if verb.tag == "Dial" and bool(words) == bool(len(verb)):
        yield "Dial rings a number or what stands in it: one of both"
    if verb.tag == "Say" and len(words) > LONGEST_SAY:
        yield f"Say holds more than {LONGEST_SAY} characters"
    if verb.tag in ("Play", "Redirect") and words and not verb.get("digits") and not ADDRESS(words):
        yield f"{verb.tag} leads to no address"
