"""Which place serves a caller."""

import pytest

from hotline.materials.near import Serves, serves


@pytest.mark.parametrize(
    ("districts", "caller", "expected"),
    [
        (["440106"], "440106", Serves.DISTRICT),
        (["440100"], "440106", Serves.CITY),
        (["440000"], "440106", Serves.PROVINCE),
        ([], "440106", Serves.COUNTRY),
        ([], "", Serves.COUNTRY),
        (["440106"], "440100", Serves.PERHAPS),
        (["440106"], "", Serves.PERHAPS),
        (["440105"], "440106", Serves.ELSEWHERE),
        (["440300"], "440106", Serves.ELSEWHERE),
        (["440300", "440106"], "440106", Serves.DISTRICT),
        (["440100"], "440000", Serves.PERHAPS),
    ],
)
def test_the_nearest_of_its_divisions_says_how_well_a_place_serves(
    districts: list[str], caller: str, expected: Serves
) -> None:
    assert serves(districts, caller) is expected


def test_the_order_is_that_in_which_a_counselor_would_look() -> None:
    assert sorted(Serves) == [
        Serves.DISTRICT,
        Serves.CITY,
        Serves.PROVINCE,
        Serves.COUNTRY,
        Serves.PERHAPS,
        Serves.ELSEWHERE,
    ]
