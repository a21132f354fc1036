"""Every published cut-off is a row: answers in, level out."""

import pytest

from hotline.errors import Invalid, NotFound
from hotline.risk.instruments import Instrument, every_version, in_use, instrument_of
from hotline.risk.scoring import Answers, score_answers

NO_ACT = {"q6": "never"}
QUIET = {"q1": "no", "q2": "no", **NO_ACT}
THINKS = {"q1": "yes", "q2": "yes", "q3": "no", "q4": "no", "q5": "no", **NO_ACT}
CRITERIA = ("in_progress", "plan_72h", "attempt_14d", "plan_7d")


def scale_at(score: int) -> Answers:
    """Answers to the 12 elements that sum up to a score: the heavy ones first."""
    answers, left = {}, score
    for question in instrument_of("twelve_elements", 1).questions:
        points = question.options[1].points
        answers[question.key] = "yes" if points <= left else "no"
        left -= points if points <= left else 0
    return answers


@pytest.mark.parametrize(
    ("score", "level"),
    [(0, "low"), (3, "low"), (4, "moderate"), (7, "moderate"), (8, "high"), (16, "high")],
)
def test_the_twelve_elements_are_cut_at_4_and_at_8(score: int, level: str) -> None:
    found = score_answers(instrument_of("twelve_elements", 1), scale_at(score))

    assert (found.score, found.level, found.complete) == (score, level, True)


def test_the_twelve_elements_are_twelve_and_go_up_to_16() -> None:
    scale = instrument_of("twelve_elements", 1)

    assert (len(scale.questions), scale.most) == (12, 16)


@pytest.mark.parametrize(
    ("answers", "level"),
    [
        (QUIET, "none"),
        ({**QUIET, "q1": "yes"}, "low"),
        (THINKS, "low"),
        ({**THINKS, "q1": "no"}, "low"),
        ({**THINKS, "q3": "yes"}, "moderate"),
        ({**THINKS, "q4": "yes"}, "high"),
        ({**THINKS, "q5": "yes"}, "high"),
        ({**QUIET, "q6": "longer_ago"}, "moderate"),
        ({**QUIET, "q6": "past_3_months"}, "high"),
        ({**THINKS, "q3": "yes", "q6": "past_3_months"}, "high"),
        ({**THINKS, "q5": "yes", "q6": "longer_ago"}, "high"),
    ],
)
def test_the_screener_is_read_as_its_triage_guidelines_say(answers: Answers, level: str) -> None:
    found = score_answers(instrument_of("c_ssrs_screener", 1), answers)

    assert (found.score, found.level, found.complete) == (None, level, True)


@pytest.mark.parametrize(
    ("criterion", "level"),
    [
        ("in_progress", "imminent"),
        ("plan_72h", "imminent"),
        ("attempt_14d", "high"),
        ("plan_7d", "high"),
        ("", "not_assessed"),
    ],
)
def test_one_criterion_is_enough_and_none_says_nothing(criterion: str, level: str) -> None:
    answers = {key: "yes" if key == criterion else "no" for key in CRITERIA}

    found = score_answers(instrument_of("operational_criteria", 1), answers)

    assert (found.level, found.complete) == (level, True)


def test_what_was_not_asked_yet_leaves_the_level_at_least_what_it_is() -> None:
    screener = instrument_of("c_ssrs_screener", 1)

    halfway = score_answers(screener, {"q1": "no", "q2": "yes", "q4": "yes"})

    assert (halfway.level, halfway.complete) == ("high", False)
    assert score_answers(screener, {"q1": "no"}).level == "not_assessed"


def test_an_answer_that_is_not_to_be_asked_does_not_count() -> None:
    answers = {**QUIET, "q4": "yes"}

    assert score_answers(instrument_of("c_ssrs_screener", 1), answers).level == "none"


@pytest.mark.parametrize("answers", [{"q9": "yes"}, {"q1": "perhaps"}])
def test_an_unknown_question_or_answer_is_refused(answers: Answers) -> None:
    with pytest.raises(Invalid):
        score_answers(instrument_of("c_ssrs_screener", 1), answers)


def test_a_version_that_there_is_not_is_not_found() -> None:
    with pytest.raises(NotFound):
        instrument_of("c_ssrs_screener", 99)


@pytest.mark.parametrize("instrument", every_version().values(), ids=lambda one: one.name)
def test_each_file_is_whole_in_both_languages_and_names_its_sources(
    instrument: Instrument,
) -> None:
    questions = {one.key for one in instrument.questions}
    words = [instrument.title] + [one.words for one in instrument.questions]
    words += [option.words for one in instrument.questions for option in one.options]

    assert all(said["zh"] and said["en"] for said in words)
    assert instrument.source
    assert all(one.source for one in instrument.cut_offs)
    assert {one.asked_if for one in instrument.questions} <= questions | {""}
    assert instrument in in_use()
