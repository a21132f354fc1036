"""From answers to a level: the same for every instrument. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hotline.errors import Invalid
from hotline.risk.instruments import AnswerOption, Instrument, RiskQuestion
from hotline.risk.levels import Risk, highest

Answers = Mapping[str, str]  # by question: the key of the chosen answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What the answers mean so far. `score`: None where the instrument counts no points.

    Not `complete`: some question that was to be asked has no answer, so it is this level at least.
    """

    score: int | None
    level: Risk
    complete: bool


def score_answers(instrument: Instrument, answers: Answers) -> Scored:
    """Raises `Invalid` for an answer that the instrument does not know."""
    asked = questions_asked(instrument, answers)
    chosen = _chosen(instrument, answers)
    given = [chosen[one.key] for one in asked if one.key in chosen]
    complete = len(given) == len(asked)
    if instrument.cut_offs:
        score = sum(one.points for one in given)
        return Scored(score=score, level=_level_at(instrument, score), complete=complete)
    found = highest(one.level for one in given if one.level)
    if found is Risk.NOT_ASSESSED and complete:
        found = instrument.otherwise
    return Scored(score=None, level=found, complete=complete)


def questions_asked(instrument: Instrument, answers: Answers) -> Sequence[RiskQuestion]:
    """Those that these answers lead to. Another question's answer decides about some."""
    return [
        one
        for one in instrument.questions
        if not one.asked_if or answers.get(one.asked_if) == "yes"
    ]


def _chosen(instrument: Instrument, answers: Answers) -> dict[str, AnswerOption]:
    known = {one.key: {it.key: it for it in one.options} for one in instrument.questions}
    try:
        return {question: known[question][answer] for question, answer in answers.items()}
    except KeyError:
        raise Invalid("This instrument has no such question or answer.") from None


def _level_at(instrument: Instrument, score: int) -> Risk:
    reached = [one.level for one in instrument.cut_offs if score >= one.at_least]
    return highest(reached or [instrument.otherwise])
