"""Every fault of a flow is told, with its place and what to do. All at once."""

from collections.abc import Callable
from typing import Any

import pytest

from ivr.flow import FlowError, FlowProblem, parse

Raw = dict[str, Any]
Prompts = dict[str, dict[str, str]]


def problems_of(raw: object, prompts: Prompts | None = None) -> tuple[FlowProblem, ...]:
    """What is told about this flow."""
    with pytest.raises(FlowError) as caught:
        parse(raw, prompts=prompts)
    return caught.value.problems


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

FAULTS = [
    # the document
    (put("colour", value="red"), ("colour",), "`colour` means nothing here"),
    (put("languge", value="cmn"), ("languge",), "Did you mean `language`?"),
    (drop("name"), (), "`name` is missing: give it."),
    (put("name", value=7), ("name",), "`name` must be a text."),
    (put("name", value="  "), ("name",), "`name` must be a text."),
    (drop("start"), (), "`start` is missing: give it."),
    (put("start", value="welcom"), ("start",), "no step `welcom`. Did you mean `welcome`?"),
    (put("language", value="can"), ("language",), "`can` is no language. Use one of: cmn, yue"),
    (put("danger_words", value="救命"), ("danger_words",), "must be a list of words"),
    (put("danger_words", value=["救命", ""]), ("danger_words",), "must be a list of words"),
    (put("danger_words", value=[110]), ("danger_words",), "must be a list of words"),
    (drop("steps"), (), "`steps` is missing"),
    (put("steps", value={}), ("steps",), "and not an empty one"),
    (put("steps", value=["welcome"]), ("steps",), "must be a list of `name: value` pairs"),
    # steps
    (
        put("steps", "Über", value={"enqueue": "routine"}),
        ("steps", "Über"),
        "cannot be a step's name",
    ),
    (put("steps", "talk", value=None), ("steps", "talk"), "A step must be"),
    (put("steps", "talk", value={"say": "sorry"}), ("steps", "talk"), "it has 0"),
    (put("steps", "soon", "enqueue", value="routine"), ("steps", "soon"), "it has 2"),
    (put("steps", "soon", "then", value="talk"), ("steps", "soon", "then"), "means nothing here"),
    (drop("steps", "soon", "say"), ("steps", "soon"), "`say` is missing"),
    (put("steps", "soon", "next", value="tolk"), ("steps", "soon", "next"), "mean `talk`?"),
    (
        put("steps", "soon", "say", value=[]),
        ("steps", "soon", "say"),
        "What is said must be a text",
    ),
    (put("steps", "soon", "say", value=[3]), ("steps", "soon", "say", 0), "must be a text"),
    (
        put("steps", "welcome", "say", 1, value={"language": "eng"}),
        ("steps", "welcome", "say", 1),
        "`prompt` is missing",
    ),
    (
        put("steps", "welcome", "say", 1, "voice", value="low"),
        ("steps", "welcome", "say", 1, "voice"),
        "Use one of: prompt, language.",
    ),
    (
        put("steps", "talk", "enqueue", value="urgent"),
        ("steps", "talk", "enqueue"),
        "is no urgency",
    ),
    (
        put("steps", "talk", "enqueue", "urgency", value="high"),
        ("steps", "talk", "enqueue", "urgency"),
        "Use one of: crisis, routine",
    ),
    (
        put("steps", "talk", "enqueue", "skill", value="x"),
        ("steps", "talk", "enqueue", "skill"),
        "means nothing here",
    ),
    (put("steps", "message", "voicemail", value="yes"), ("steps", "message", "voicemail"), "true"),
    (drop("steps", "shut", "say"), ("steps", "shut"), "never hangs up without a word"),
    (put("steps", "shut", "hang_up", value=True), ("steps", "shut", "hang_up"), "must be a text"),
    # menus
    (drop(*MENU, "silence"), MENU, "`silence` is missing: name the step that follows"),
    (put(*MENU, "choices", value={}), (*MENU, "choices"), "and not an empty one"),
    (put(*MENU, "choices", 6, value=None), (*MENU, "choices", "6"), "A choice must be"),
    (
        put(*MENU, "choices", 6, value={"say": "language.cmn", "next": "talk"}),
        (*MENU, "choices"),
        "6 choices are too many",
    ),
    (
        put(*MENU, "choices", "1", value={"say": "language.cmn", "next": "talk"}),
        ONE_READ,
        "Key 1 is given twice",
    ),
    (put(*MENU, "choices", 0, value={}), (*MENU, "choices", "0"), "works without being listed"),
    (put(*MENU, "choices", 9, value={}), (*MENU, "choices", "9"), "works without being listed"),
    (put(*MENU, "choices", "#", value={}), (*MENU, "choices", "#"), "one digit from 1 to 8"),
    (put(*MENU, "choices", 12, value={}), (*MENU, "choices", "12"), "one digit from 1 to 8"),
    (put(*MENU, "timeout_s", value=2), (*MENU, "timeout_s"), "from 3 to 15"),
    (put(*MENU, "timeout_s", value=16), (*MENU, "timeout_s"), "from 3 to 15"),
    (put(*MENU, "timeout_s", value=True), (*MENU, "timeout_s"), "from 3 to 15"),
    (put(*MENU, "timeout_s", value="5"), (*MENU, "timeout_s"), "from 3 to 15"),
    # choices
    (drop(*ONE, "say"), ONE_READ, "name the prompt that tells the caller"),
    (drop(*ONE, "next"), ONE_READ, "`next` is missing"),
    (put(*ONE, "next", value="x"), (*ONE_READ, "next"), "There is no step `x`. Use one of:"),
    (put(*ONE, "language", value="zh"), (*ONE_READ, "language"), "is no language"),
    (put(*ONE, "urgency", value="low"), (*ONE_READ, "urgency"), "Use one of: crisis, routine"),
    (put(*ONE, "topic", value=3), (*ONE_READ, "topic"), "`topic` must be a text"),
    (
        put(*ONE, "age_group", value="old"),
        (*ONE_READ, "age_group"),
        "Use one of: child, teen, adult",
    ),
    (put(*ONE, "gender", value="w"), (*ONE_READ, "gender"), "Use one of: f, m"),
    (put(*ONE, "key", value=3), (*ONE_READ, "key"), "means nothing here"),
    (
        put(*MENU, "choices", 2, "words", value=["唔該", " 学校 "]),
        (*MENU, "choices", "2", "words"),
        "“学校” already means key 1",
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

    found = problems_of(raw, prompts)

    assert [p for p in found if p.where == where and told in p.message], found


@pytest.mark.parametrize("raw", [None, {}, [], "flow"])
def test_something_that_is_no_flow_is_refused(raw: object) -> None:
    (problem,) = problems_of(raw)

    assert problem.where == ()
    assert str(problem).startswith("flow: A flow must be")


def test_all_faults_are_told_at_once(raw: Raw, prompts: Prompts) -> None:
    raw["language"] = "can"
    raw["steps"]["soon"]["next"] = "nowhere"
    raw["steps"]["menu"]["timeout_s"] = 0
    raw["steps"]["shut"]["say"] = "no.such"

    found = {problem.where for problem in problems_of(raw, prompts)}

    assert found == {
        ("language",),
        ("steps", "soon", "next"),
        ("steps", "menu", "timeout_s"),
        ("steps", "shut", "say"),
    }


def test_a_step_that_cannot_be_read_makes_no_other_step_unreachable(raw: Raw) -> None:
    raw["steps"]["welcome"] = {"say": "greeting.line"}

    (problem,) = problems_of(raw)

    assert problem.where == ("steps", "welcome")


def test_a_circle_is_told_once_for_each_step_in_it_and_not_for_the_way_there(raw: Raw) -> None:
    raw["steps"]["talk"] = {"say": "sorry", "next": "again"}
    raw["steps"]["again"] = {"say": "sorry", "next": "talk"}

    found = [problem.where for problem in problems_of(raw)]

    assert found == [("steps", "talk", "next"), ("steps", "again", "next")]


def test_an_error_reads_as_one_line_a_problem(raw: Raw) -> None:
    raw["steps"]["menu"]["timeout_s"] = 0
    del raw["name"]

    with pytest.raises(FlowError) as caught:
        parse(raw)

    assert str(caught.value).splitlines() == [
        "flow: `name` is missing: give it.",
        "steps.menu.timeout_s: `timeout_s` must be a whole number of seconds from 3 to 15.",
    ]


def test_a_language_with_texts_must_have_every_text(raw: Raw, prompts: Prompts) -> None:
    written = {language: dict(texts) for language, texts in prompts.items()}
    del written["yue"]["menu.again"]

    (problem,) = problems_of(raw, written)

    assert problem.where == ("steps", "menu", "choices")
    assert "`menu.again` has no text in `yue`" in problem.message


def test_a_language_that_nothing_is_written_in_is_told(raw: Raw) -> None:
    found = problems_of(raw, {})

    assert any("no text in `hak`" in problem.message for problem in found)
