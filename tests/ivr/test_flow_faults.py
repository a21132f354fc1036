"""Every fault of a flow is told with its place, all at once.

What pydantic finds has its own name of a fault here; the plain sentence for it, with what to do, is
made where the file is known (tests/hotline/configuration).
"""

from collections.abc import Callable
from typing import Any, cast

import pytest
from pydantic import ValidationError

from ivr.flow import parse

Raw = dict[str, Any]
Prompts = dict[str, dict[str, str]]
Told = tuple[tuple[int | str, ...], str]


def faults_of(raw: object, prompts: Prompts | None = None) -> list[Told]:
    """What is told about this flow: places, each with the name of the fault and what is said."""
    with pytest.raises(ValidationError) as caught:
        parse(raw, prompts=prompts)
    return [(one["loc"], f"{one['type']}: {one['msg']}") for one in caught.value.errors()]


def put(*path: str | int, value: object) -> Callable[[Raw], None]:
    """Replace one value."""

    def change(raw: Raw) -> None:
        *way, last = path
        place: Any = raw
        for key in way:
            place = place[key]
        place[last] = value

    return change


def drop(*path: str | int) -> Callable[[Raw], None]:
    """Remove one key."""

    def change(raw: Raw) -> None:
        *way, last = path
        place: Any = raw
        for key in way:
            place = place[key]
        del place[last]

    return change


MENU = ("steps", "menu")
ONE = ("steps", "menu", "choices", 1)
ONE_READ = ("steps", "menu", "choices", "1")
KEY = "[key]"  # pydantic's way to say that the key itself is at fault

FAULTS = [
    # the document
    (put("colour", value="red"), ("colour",), "extra_forbidden"),
    (drop("name"), ("name",), "missing"),
    (put("name", value=7), ("name",), "string_type"),
    (put("name", value="  "), ("name",), "string_too_short"),
    (drop("start"), ("start",), "missing"),
    (put("start", value="welcom"), ("start",), "There is no step `welcom`."),
    (put("language", value="can"), ("language",), "'cmn', 'yue'"),
    (put("danger_words", value="救命"), ("danger_words",), "list_type"),
    (put("danger_words", value=["救命", ""]), ("danger_words", 1), "string_too_short"),
    (put("danger_words", value=[110]), ("danger_words", 0), "string_type"),
    (drop("steps"), ("steps",), "missing"),
    (put("steps", value={}), ("steps",), "too_short"),
    (put("steps", value=["welcome"]), ("steps",), "dict_type"),
    # steps
    (
        put("steps", "Über", value={"enqueue": "routine"}),
        ("steps", "Über", KEY),
        "cannot be a step's name",
    ),
    (
        put("steps", 1, value={"enqueue": "routine"}),
        ("steps", "1", KEY),
        "`1` cannot be a step's name: use small letters",
    ),
    (put("steps", "talk", value=None), ("steps", "talk"), "model_type"),
    (put("steps", "talk", value={"say": "sorry"}), ("steps", "talk"), "it has 0"),
    (put("steps", "soon", "enqueue", value="routine"), ("steps", "soon"), "it has 2"),
    (put("steps", "soon", "then", value="talk"), ("steps", "soon", "then"), "extra_forbidden"),
    (
        put("steps", "soon", "silence", value="talk"),
        ("steps", "soon", "silence"),
        "`silence` means nothing beside `next`. Remove it.",
    ),
    (
        put("steps", "talk", "timeout_s", value=5),
        ("steps", "talk", "timeout_s"),
        "`timeout_s` means nothing beside `enqueue`. Remove it.",
    ),
    (
        drop("steps", "soon", "say"),
        ("steps", "soon", "say"),
        "`say` is missing: a step with `next` has something to say.",
    ),
    (put("steps", "soon", "next", value="tolk"), ("steps", "soon", "next"), "no step `tolk`"),
    (put("steps", "soon", "next", value=None), ("steps", "soon", "next"), "string_type"),
    (put("steps", "soon", "say", value=[]), ("steps", "soon", "say"), "too_short"),
    (put("steps", "soon", "say", value=3), ("steps", "soon", "say", 0, "prompt"), "string_type"),
    (put("steps", "soon", "say", value=[3]), ("steps", "soon", "say", 0, "prompt"), "string_type"),
    (
        put("steps", "welcome", "say", 1, value={"language": "eng"}),
        ("steps", "welcome", "say", 1, "prompt"),
        "missing",
    ),
    (
        put("steps", "welcome", "say", 1, "voice", value="low"),
        ("steps", "welcome", "say", 1, "voice"),
        "extra_forbidden",
    ),
    (
        put("steps", "talk", "enqueue", value="urgent"),
        ("steps", "talk", "enqueue", "urgency"),
        "'routine' or 'crisis'",
    ),
    (
        put("steps", "talk", "enqueue", "urgency", value="high"),
        ("steps", "talk", "enqueue", "urgency"),
        "'routine' or 'crisis'",
    ),
    (
        put("steps", "talk", "enqueue", "skill", value="x"),
        ("steps", "talk", "enqueue", "skill"),
        "extra_forbidden",
    ),
    (
        put("steps", "message", "voicemail", value="yes"),
        ("steps", "message", "voicemail"),
        "literal_error: Input should be True",
    ),
    (
        drop("steps", "shut", "say"),
        ("steps", "shut", "say"),
        "`say` is missing: a step with `hang_up` has something to say.",
    ),
    (put("steps", "shut", "hang_up", value=True), ("steps", "shut", "hang_up"), "string_type"),
    # menus
    (
        drop(*MENU, "silence"),
        (*MENU, "silence"),
        "`silence` is missing: name the step that follows",
    ),
    (put(*MENU, "choices", value={}), (*MENU, "choices"), "too_short"),
    (put(*MENU, "choices", 6, value=None), (*MENU, "choices", "6"), "model_type"),
    (
        put(*MENU, "choices", 6, value={"say": "language.cmn", "next": "talk"}),
        (*MENU, "choices"),
        "6 choices are too many to remember by ear: keep at most 5.",
    ),
    (
        put(*MENU, "choices", 0, value={}),
        (*MENU, "choices", "0", KEY),
        "Key 0 has one meaning in every menu (0: a human, 9: danger)",
    ),
    (
        put(*MENU, "choices", 9, value={}),
        (*MENU, "choices", "9", KEY),
        "works without being listed. Remove this choice.",
    ),
    (put(*MENU, "choices", "#", value={}), (*MENU, "choices", "#", KEY), "one digit from 1 to 8"),
    (put(*MENU, "choices", 12, value={}), (*MENU, "choices", "12", KEY), "one digit from 1 to 8"),
    (put(*MENU, "timeout_s", value=2), (*MENU, "timeout_s"), "greater than or equal to 3"),
    (put(*MENU, "timeout_s", value=16), (*MENU, "timeout_s"), "less than or equal to 15"),
    (put(*MENU, "timeout_s", value=True), (*MENU, "timeout_s"), "int_type"),
    (put(*MENU, "timeout_s", value="5"), (*MENU, "timeout_s"), "int_type"),
    # choices
    (drop(*ONE, "say"), (*ONE_READ, "say"), "missing"),
    (drop(*ONE, "next"), (*ONE_READ, "next"), "missing"),
    (put(*ONE, "next", value="x"), (*ONE_READ, "next"), "There is no step `x`."),
    (put(*ONE, "language", value="zh"), (*ONE_READ, "language"), "literal_error"),
    (put(*ONE, "urgency", value="low"), (*ONE_READ, "urgency"), "'routine' or 'crisis'"),
    (put(*ONE, "topic", value=3), (*ONE_READ, "topic"), "string_type"),
    (
        put(*ONE, "age_group", value="old"),
        (*ONE_READ, "age_group"),
        "'child', 'teen' or 'adult'",
    ),
    (put(*ONE, "gender", value="w"), (*ONE_READ, "gender"), "'f' or 'm'"),
    (put(*ONE, "key", value=3), (*ONE_READ, "key"), "extra_forbidden"),
    (
        put(*MENU, "choices", 2, "words", value=["唔該", " 学校 "]),
        (*MENU, "choices", "2", "words", 1),
        "“学校” already means key 1. A word can mean one key only.",
    ),
    # where the steps lead
    (
        put("steps", "island", value={"enqueue": "routine"}),
        ("steps", "island"),
        "No caller can ever come here",
    ),
    (put("steps", "soon", "next", value="soon"), ("steps", "soon", "next"), "round in a circle"),
    (
        put("steps", "talk", value={"say": "sorry", "next": "soon"}),
        ("steps", "talk", "next"),
        "round in a circle",
    ),
    (put(*ONE, "next", value="welcome"), (*ONE_READ, "next"), "a menu behind a menu"),
    (put(*MENU, "silence", value="menu"), (*MENU, "silence"), "a menu behind a menu"),
    (put(*MENU, "silence", value="message"), (*MENU, "silence"), "must reach a human"),
    (put(*MENU, "silence", value="shut"), (*MENU, "silence"), "must reach a human"),
    # prompts
    (put("steps", "soon", "say", value="no.such"), ("steps", "soon", "say"), "no text in `cmn`"),
    (put("steps", "soon", "say", value="no.such"), ("steps", "soon", "say"), "no text in `yue`"),
    (
        put(*MENU, "say", value="wait.place"),
        (*MENU, "say"),
        "needs place, which a flow cannot know",
    ),
    (put("steps", "soon", "say", value="language.cmn"), ("steps", "soon", "say"), "needs digit"),
    (
        put("steps", "shut", "say", value={"prompt": "no.such", "language": "eng"}),
        ("steps", "shut", "say"),
        "no text in `eng`",
    ),
]


@pytest.mark.parametrize(("change", "where", "told"), FAULTS)
def test_a_fault_is_told_with_its_place_and_what_to_do(
    raw: Raw,
    prompts: Prompts,
    change: Callable[[Raw], None],
    where: tuple[str | int, ...],
    told: str,
) -> None:
    change(raw)

    found = faults_of(raw, prompts)

    assert [said for place, said in found if place == where and told in said], found


@pytest.mark.parametrize("raw", [None, [], "flow"])
def test_something_that_is_no_flow_is_refused(raw: object) -> None:
    ((where, told),) = faults_of(raw)

    assert (where, told.partition(":")[0]) == ((), "model_type")


def test_an_empty_flow_is_told_all_it_lacks() -> None:
    found = faults_of({})

    assert [(where, told.partition(":")[0]) for where, told in found] == [
        (("name",), "missing"),
        (("start",), "missing"),
        (("steps",), "missing"),
    ]


def test_all_faults_are_told_at_once(raw: Raw, prompts: Prompts) -> None:
    raw["language"] = "can"
    raw["steps"]["soon"]["next"] = "nowhere"
    raw["steps"]["soon"]["say"] = "nor.such"
    raw["steps"]["menu"]["timeout_s"] = 0
    raw["steps"]["menu"]["choices"][1]["next"] = "nowhere"
    raw["steps"]["shut"]["say"] = "no.such"
    cast(dict[Any, Any], raw)[7] = "seven"  # as YAML reads it

    found = [where for where, _ in faults_of(raw, prompts)]

    assert sorted(found, key=str) == [
        ("language",),
        ("steps", "menu", "choices", "1", "next"),
        ("steps", "menu", "timeout_s"),
        ("steps", "shut", "say"),
        ("steps", "soon", "next"),
        ("steps", "soon", "say"),
        (7,),
    ]


def test_a_missing_name_or_start_hides_no_other_fault(raw: Raw, prompts: Prompts) -> None:
    del raw["name"], raw["start"]
    raw["steps"]["menu"]["silence"] = "message"

    found = [where for where, _ in faults_of(raw, prompts)]

    assert found == [("name",), ("start",), ("steps", "menu", "silence")]


def test_a_step_that_cannot_be_read_makes_no_other_step_unreachable(raw: Raw) -> None:
    raw["steps"]["welcome"] = {"say": "greeting.line"}

    ((where, _),) = faults_of(raw)

    assert where == ("steps", "welcome")


def test_a_circle_is_told_once_for_each_step_in_it_and_not_for_the_way_there(raw: Raw) -> None:
    raw["steps"]["talk"] = {"say": "sorry", "next": "again"}
    raw["steps"]["again"] = {"say": "sorry", "next": "talk"}

    found = [where for where, _ in faults_of(raw)]

    assert found == [("steps", "talk", "next"), ("steps", "again", "next")]


def test_a_missing_step_is_told_with_the_steps_there_are(raw: Raw) -> None:
    raw["steps"]["soon"]["next"] = "tolk"

    with pytest.raises(ValidationError) as caught:
        parse(raw)

    (fault,) = caught.value.errors()
    assert fault["ctx"] == {"given": "tolk", "known": list(raw["steps"])}


def test_a_language_with_texts_must_have_every_text(raw: Raw, prompts: Prompts) -> None:
    written = {language: dict(texts) for language, texts in prompts.items()}
    del written["yue"]["menu.again"]

    ((where, told),) = faults_of(raw, written)

    assert where == ("steps", "menu", "choices")
    assert "`menu.again` has no text in `yue`" in told


def test_a_language_that_nothing_is_written_in_is_told(raw: Raw) -> None:
    found = faults_of(raw, {})

    assert any("no text in `hak`" in told for _, told in found)


@pytest.mark.parametrize(
    "last", [{"say": "message.please_leave", "voicemail": True}, {"say": "closed", "hang_up": "x"}]
)
def test_nobody_is_sent_away_without_having_been_asked(last: Raw) -> None:
    raw = {
        "name": "away",
        "start": "welcome",
        "steps": {"welcome": {"say": "greeting.line", "next": "last"}, "last": last},
    }

    ((where, said),) = faults_of(raw)

    assert where == ("steps", "last")
    assert "nobody could reach a human" in said
