"""The station where the caller is answers, as far as that is known well enough."""

import pytest

from hotline.stations.responsible import CallerPlace, comes_before
from hotline.storage.tables import Call, Station
from tests.hotline.escalations.conftest import EscalationScene

DISTRICT, OTHER_DISTRICT, CITY, PROVINCE = "440106", "440105", "440100", "440000"
ELSEWHERE = "440300"


@pytest.mark.parametrize(
    ("own", "place", "is_said", "before"),
    [
        (PROVINCE, CITY, False, True),
        ("", CITY, False, True),
        (CITY, DISTRICT, False, True),
        (CITY, ELSEWHERE, False, False),
        (CITY, ELSEWHERE, True, True),
        (DISTRICT, OTHER_DISTRICT, True, True),
        (DISTRICT, CITY, True, False),
        (DISTRICT, CITY, False, False),
        (DISTRICT, DISTRICT, True, False),
    ],
)
def test_a_number_counts_within_the_stations_area_and_a_word_everywhere(
    own: str, place: str, *, is_said: bool, before: bool
) -> None:
    assert comes_before(own, CallerPlace(place, is_said)) is before


@pytest.mark.anyio
async def test_the_station_of_the_place_that_the_counselor_wrote_down_is_rung_first(
    scene: EscalationScene,
) -> None:
    await scene.add(
        Station(id="haizhu", name="海珠", name_en="Haizhu", division=OTHER_DISTRICT, phone="3"),
        scene.contact("haizhu", "haizhu", 0, "02000000303"),
    )
    await scene.change(Call, "call", place_code=OTHER_DISTRICT, place_source="counselor")

    assert (await scene.flag()).station_id == "haizhu"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("place", "source"), [("", ""), (ELSEWHERE, "number"), (OTHER_DISTRICT, "counselor")]
)
async def test_where_no_station_is_near_the_lines_own_answers(
    scene: EscalationScene, place: str, source: str
) -> None:
    await scene.change(Call, "call", place_code=place, place_source=source)
    await scene.add(Station(id="empty", name="空", name_en="E", division=OTHER_DISTRICT, phone="9"))

    assert (await scene.flag()).station_id == "district"
