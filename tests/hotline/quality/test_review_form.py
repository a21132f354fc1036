"""The form of a review: what makes it unfit, and how it is scored."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from hotline.errors import Invalid
from hotline.quality.form import (
    default_review_form,
    read_review_form,
    review_form_faults,
)
from hotline.quality.scoring import score_of

DEPLOYED = Path(__file__).parents[3] / "deploy" / "guangdong" / "quality" / "review.yaml"
WORDS = {"zh": "词", "en": "word"}


def criterion(key: str, weight: int, **other: Any) -> dict[str, Any]:
    anchors = [{"points": points, "says": WORDS} for points in (0, 1, 2)]
    return {"key": key, "name": WORDS, "weight": weight, "anchors": anchors, **other}


def form(*criteria: dict[str, Any]) -> dict[str, Any]:
    return {"name": WORDS, "source": WORDS, "criteria": list(criteria)}


TWO = read_review_form(form(criterion("opening", 20), criterion("acts", 80, may_be_unseen=True)))


def test_the_deployed_form_is_the_shipped_one_and_fit() -> None:
    deployed = read_review_form(yaml.safe_load(DEPLOYED.read_text(encoding="utf-8")))

    assert deployed == default_review_form()
    assert list(review_form_faults(deployed)) == []


def test_a_score_is_the_weighted_share_of_the_points() -> None:
    assert score_of(TWO, {"opening": 2, "acts": 2}) == 100
    assert score_of(TWO, {"opening": 2, "acts": 0}) == 20
    assert score_of(TWO, {"opening": 1, "acts": 1}) == 50


def test_what_a_call_does_not_show_does_not_count() -> None:
    assert score_of(TWO, {"opening": 1, "acts": None}) == 50


@pytest.mark.parametrize(
    "scores",
    [
        {"opening": 2},
        {"opening": None, "acts": 2},
        {"opening": 2, "acts": 3},
        {"opening": 2, "acts": 2, "voice": 1},
    ],
)
def test_what_is_missing_or_not_of_the_form_is_refused(scores: dict[str, int | None]) -> None:
    with pytest.raises(Invalid):
        score_of(TWO, scores)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (form(criterion("a_b", 50), criterion("a_b", 50)), "stands here a second time"),
        (form(criterion("a_b", 50), criterion("c_d", 49)), "are 99 together"),
        (form(criterion("a_b", 100, may_be_unseen=True)), "would say nothing"),
        (
            form({**criterion("a_b", 100), "anchors": [{"points": 1, "says": WORDS}] * 2}),
            "begin at 0 and grow",
        ),
    ],
)
def test_what_makes_a_form_unfit_is_told(written: dict[str, Any], said: str) -> None:
    found = [fault.said for fault in review_form_faults(read_review_form(written))]

    assert any(said in one for one in found)
