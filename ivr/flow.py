"""From a loaded YAML file to a checked `Flow`.

This module reads the shape; `ivr.checks` looks at where the steps lead and at the prompts. Both
report everything they find before `parse` gives up. Loading the file and turning a problem's path
into a line number is left to whoever loads it.
"""

import re
from collections.abc import Callable, Mapping

from ivr.checks import Prompts, check_prompts, check_steps
from ivr.document import FlowError, FlowProblem, Place
from ivr.model import (
    AGE_GROUPS,
    DANGER,
    GENDERS,
    HUMAN,
    LANGUAGES,
    ROUTINE,
    URGENCIES,
    Choice,
    Enqueue,
    Flow,
    HangUp,
    Menu,
    Phrase,
    Say,
    Step,
    Voicemail,
)

__all__ = ["FlowError", "FlowProblem", "parse"]

MAX_CHOICES = 5  # besides 0 and 9: more cannot be remembered by ear
TIMEOUT_S = 6
TIMEOUT_RANGE_S = range(3, 16)

_NAME = re.compile(r"[a-z][a-z0-9_-]*")


def parse(raw: object, *, prompts: Prompts | None = None) -> Flow:
    """Read and check. `prompts` (language → key → text) lets the prompt keys be checked as well.

    Raises `FlowError` with every problem found.
    """
    top = Place(raw, (), [])
    if not top.is_mapping("A flow"):
        raise FlowError(top.problems)
    flow, whole = _flow(top)
    check_steps(flow, top, whole=whole)
    if prompts is not None:
        check_prompts(flow, top, prompts)
    if top.problems:
        raise FlowError(top.problems)
    return flow


def _flow(top: Place) -> tuple[Flow, bool]:
    """The flow, and whether all of its steps could be read."""
    top.allow(("name", "language", "start", "danger_words", "steps"))
    name, start = _required_text(top, "name"), _required_text(top, "start")
    language = _optional(top, "language", LANGUAGES, "language") or LANGUAGES[0]
    danger_words = _words(top, "danger_words")
    steps, whole = _steps(top)
    flow = Flow(name=name, language=language, start=start, steps=steps, danger_words=danger_words)
    return flow, whole


def _steps(top: Place) -> tuple[dict[str, Step], bool]:
    place = top.inner("steps")
    if place is None or not place.is_mapping("`steps`"):
        if place is None:
            top.fault("`steps` is missing: a flow needs at least one step.")
        return {}, False
    read = {name: _named_step(name, inner) for name, inner in place.entries()}
    steps = {name: step for name, step in read.items() if step is not None}
    return steps, len(steps) == len(read)


def _named_step(name: str, place: Place) -> Step | None:
    if not _NAME.fullmatch(name):
        place.fault(
            f"`{name}` cannot be a step's name: use small letters a-z, digits, `_` and `-`,"
            " beginning with a letter."
        )
    if not place.is_mapping("A step"):
        return None
    ways = [way for way in _WAYS if place.inner(way)]
    if len(ways) != 1:
        place.fault(
            "A step goes on in exactly one way: give it one of "
            f"{', '.join(f'`{way}`' for way in _WAYS)}; it has {len(ways)}."
        )
        return None
    return _WAYS[ways[0]](place)


# ── the five kinds of step ──────────────────────────────────────────────────────────────────────


def _say(place: Place) -> Say:
    place.allow(("say", "next"))
    return Say(say=_phrases(place, needed="has something to say"), next=_target(place, "next"))


def _menu(place: Place) -> Menu:
    place.allow(("say", "choices", "silence", "timeout_s"))
    return Menu(
        say=_phrases(place),
        choices=_choices(place.at("choices")),
        silence=_target(place, "silence"),
        timeout_s=_timeout(place),
    )


def _enqueue(place: Place) -> Enqueue:
    """`enqueue: routine`, or with a topic `enqueue: {urgency: routine, topic: school}`."""
    place.allow(("say", "enqueue"))
    inner = place.at("enqueue")
    if isinstance(inner.value, Mapping):
        inner.allow(("urgency", "topic"))
        urgency = _optional(inner, "urgency", URGENCIES, "urgency")
        topic = _optional_text(inner, "topic")
    else:
        urgency, topic = inner.one_of(URGENCIES, "urgency"), None
    return Enqueue(say=_phrases(place), urgency=urgency or ROUTINE, topic=topic)


def _voicemail(place: Place) -> Voicemail:
    place.allow(("say", "voicemail"))
    if place.at("voicemail").value is not True:
        place.at("voicemail").fault("Write `voicemail: true`.")
    return Voicemail(say=_phrases(place))


def _hang_up(place: Place) -> HangUp:
    place.allow(("say", "hang_up"))
    return HangUp(
        say=_phrases(place, needed="never hangs up without a word"),
        reason=place.at("hang_up").text("The reason of a `hang_up`"),
    )


_WAYS: Mapping[str, Callable[[Place], Step]] = {
    "next": _say,
    "choices": _menu,
    "enqueue": _enqueue,
    "voicemail": _voicemail,
    "hang_up": _hang_up,
}


# ── choices ─────────────────────────────────────────────────────────────────────────────────────


def _choices(place: Place) -> dict[str, Choice]:
    if not place.is_mapping("`choices`"):
        return {}
    read: dict[str, Choice] = {}
    for digit, inner in place.entries():
        if digit in read:
            inner.fault(f"Key {digit} is given twice. Keep one.")
        elif _digit_is_free(digit, inner) and inner.is_mapping("A choice"):
            read[digit] = _choice(inner)
    if len(read) > MAX_CHOICES:
        place.fault(
            f"{len(read)} choices are too many to remember by ear: keep at most {MAX_CHOICES}."
        )
    _refuse_shared_words(place, read)
    return dict(sorted(read.items()))  # a database may give the keys back in another order


def _digit_is_free(digit: str, place: Place) -> bool:
    if digit in (HUMAN, DANGER):
        place.fault(
            f"Key {digit} has one meaning in every menu ({HUMAN}: a human, {DANGER}: danger)"
            " and works without being listed. Remove this choice."
        )
    elif digit not in tuple("12345678"):
        place.fault(f"`{digit}` is no key a choice can have: use one digit from 1 to 8.")
    else:
        return True
    return False


def _choice(place: Place) -> Choice:
    place.allow(("say", "next", "language", "urgency", "topic", "age_group", "gender", "words"))
    said = place.inner("say")
    if said is None:
        place.fault("`say` is missing: name the prompt that tells the caller about this key.")
    urgency = _optional(place, "urgency", URGENCIES, "urgency")
    return Choice(
        say=_phrase(said) if said else Phrase(""),
        next=_target(place, "next"),
        language=_optional(place, "language", LANGUAGES, "language"),
        urgency=urgency,
        topic=_optional_text(place, "topic"),
        age_group=_optional(place, "age_group", AGE_GROUPS, "age group"),
        gender=_optional(place, "gender", GENDERS, "gender"),
        words=_words(place, "words"),
    )


def _refuse_shared_words(place: Place, choices: Mapping[str, Choice]) -> None:
    owner: dict[str, str] = {}
    for digit, choice in choices.items():
        for word in choice.words:
            first = owner.setdefault(word, digit)
            if first != digit:
                place.at(digit, "words").fault(
                    f"“{word}” already means key {first}. A word can mean one key only."
                )


# ── small parts ─────────────────────────────────────────────────────────────────────────────────


def _phrases(place: Place, *, needed: str = "") -> tuple[Phrase, ...]:
    said = place.inner("say")
    if said is None:
        if needed:
            place.fault(f"`say` is missing: a step of this kind {needed}.")
        return ()
    if isinstance(said.value, list) and said.value:
        parts = [
            Place(value, (*said.where, at), said.problems) for at, value in enumerate(said.value)
        ]
        return tuple(_phrase(part) for part in parts)
    return (_phrase(said),)


def _phrase(place: Place) -> Phrase:
    if not isinstance(place.value, Mapping):
        return Phrase(place.text("What is said"))
    place.allow(("prompt", "language"))
    return Phrase(
        _required_text(place, "prompt"), _optional(place, "language", LANGUAGES, "language")
    )


def _target(place: Place, key: str) -> str:
    """The name of a step. Whether there is such a step is checked later."""
    return _required_text(place, key, "name the step that follows")


def _timeout(place: Place) -> int:
    inner = place.inner("timeout_s")
    if inner is None:
        return TIMEOUT_S
    if type(inner.value) is int and inner.value in TIMEOUT_RANGE_S:
        return inner.value
    inner.fault(
        f"`timeout_s` must be a whole number of seconds from {TIMEOUT_RANGE_S.start} to"
        f" {TIMEOUT_RANGE_S.stop - 1}."
    )
    return TIMEOUT_S


def _words(place: Place, key: str) -> tuple[str, ...]:
    """Spoken words, folded for comparison."""
    inner = place.inner(key)
    if inner is None:
        return ()
    if not isinstance(inner.value, list) or not all(
        isinstance(word, str) and word.strip() for word in inner.value
    ):
        inner.fault(f"`{key}` must be a list of words.")
        return ()
    return tuple(word.strip().casefold() for word in inner.value)


def _required_text(place: Place, key: str, what_to_do: str = "give it") -> str:
    inner = place.inner(key)
    if inner is None:
        place.fault(f"`{key}` is missing: {what_to_do}.")
        return ""
    return inner.text(f"`{key}`")


def _optional_text(place: Place, key: str) -> str | None:
    inner = place.inner(key)
    return inner.text(f"`{key}`") if inner else None


def _optional(place: Place, key: str, allowed: tuple[str, ...], what: str) -> str | None:
    inner = place.inner(key)
    return inner.one_of(allowed, what) if inner else None
