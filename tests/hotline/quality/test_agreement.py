"""How far reviewers agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.quality.agreement import agreement_of, alpha_of

NO = None
# The example of Krippendorff (2011), part D: four observers, twelve units.
PUBLISHED = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, NO, NO, NO),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NO, 3),
    (NO, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NO),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NO),
)


def test_alpha_is_that_of_the_published_example() -> None:
    units = [[float(v) for v in unit if v is not NO] for unit in zip(*PUBLISHED, strict=True)]

    found = alpha_of(units)

    assert found is not None
    assert round(found, 3) == 0.849


def test_who_agrees_in_all_has_one_and_who_only_ever_gives_one_value_has_none() -> None:
    assert alpha_of([[0.0, 0.0], [1.0, 1.0]]) == 1
    assert alpha_of([[0.5, 0.5], [0.5, 0.5]]) is None
    assert alpha_of([]) is None


def test_a_call_with_one_reviewer_says_nothing() -> None:
    alone = agreement_of([("opening", {"he": 1.0})])

    assert alone.alpha is None
    assert not alone.distance
    assert not alone.reviewers


def test_the_distance_of_each_criterion_and_who_is_stricter_are_told() -> None:
    found = agreement_of(
        [
            ("opening", {"he": 0.5, "sun": 1.0}),
            ("opening", {"he": 0.0, "sun": 1.0}),
            ("record", {"he": 1.0, "sun": 1.0}),
        ]
    )

    assert found.distance == {"opening": 0.75, "record": 0.0}
    he, sun = found.reviewers
    assert (he.reviewer_id, he.lean, he.distance, he.units) == ("he", -0.5, 0.5, 3)
    assert (sun.reviewer_id, sun.lean) == ("sun", 0.5)


@given(st.lists(st.lists(st.floats(0, 1), min_size=2, max_size=4), max_size=8))
def test_alpha_is_never_above_one_and_does_not_hang_on_the_order(units: list[list[float]]) -> None:
    found, turned = alpha_of(units), alpha_of([unit[::-1] for unit in units[::-1]])

    assert found is None or found <= 1 + 1e-9
    assert turned == (found if found is None else pytest.approx(found, rel=1e-6, abs=1e-6))
