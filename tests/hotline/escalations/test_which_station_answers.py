"""Which station a flag goes to, and why: the timeline tells both."""

from typing import Any

import pytest

from hotline.calls.service import lock_call
from hotline.escalations.model import Level
from hotline.escalations.service import NewFlag, raise_flag
from hotline.records.forms.known import default_version
from hotline.records.places import place_in_record
from hotline.storage.tables import Call, Line, Record, Station
from tests.hotline.escalations.conftest import EscalationScene

pytestmark = pytest.mark.anyio

HAIZHU, HUMEN, DONGGUAN = "440105", "441900121", "441900"


async def add_station(
    scene: EscalationScene, name: str, division: str, *, intake: bool = False
) -> None:
    row = Station(
        id=name, name=f"站{name}", name_en=name, division=division, phone="3", intake=intake
    )
    await scene.add(row, scene.contact(f"{name}-1", name, 0, f"02000000{len(name):03}"))


async def flagged(scene: EscalationScene, station: str = "", key: str = "k") -> dict[str, Any]:
    """What the timeline says of the station."""
    flag = NewFlag(
        raised_by="li", level=Level.IMMINENT, summary="", client_key=key, station=station
    )
    async with scene.work() as work:
        call = await lock_call(work, "call")
        escalation = await raise_flag(work, scene.vault, call=call, flag=flag, at=scene.clock.now())
    [facts] = await scene.facts("escalation.raised")
    assert facts["station_id"] == escalation.station_id
    return {name: facts[name] for name in facts if name not in ("flag_id", "level")}


async def writes(scene: EscalationScene, **answers: str) -> None:
    await scene.add(
        Record(
            call_id="call",
            staff_id="li",
            contact_type="talk",
            risk="none",
            disposition="",
            saved_at=scene.clock.now(),
            form_version=default_version(),
            answers=answers,
        )
    )


async def test_the_station_of_the_line_answers_where_nothing_is_known(
    scene: EscalationScene,
) -> None:
    assert await flagged(scene) == {"station_id": "district", "why_station": "line"}


async def test_a_town_goes_before_its_city(scene: EscalationScene) -> None:
    await add_station(scene, "dongguan", DONGGUAN)
    await add_station(scene, "humen", HUMEN)
    await scene.change(Call, "call", place_code=HUMEN, place_source="counselor")

    assert await flagged(scene) == {"station_id": "humen", "why_station": "place"}


async def test_a_town_without_a_station_is_its_citys(scene: EscalationScene) -> None:
    await add_station(scene, "dongguan", DONGGUAN)
    await scene.change(Call, "call", place_code=HUMEN, place_source="counselor")

    assert (await flagged(scene))["station_id"] == "dongguan"


async def test_of_two_stations_for_one_place_the_one_that_takes_what_comes_in_answers(
    scene: EscalationScene,
) -> None:
    await add_station(scene, "one", HAIZHU)
    await add_station(scene, "other", HAIZHU, intake=True)
    await scene.change(Call, "call", place_code=HAIZHU, place_source="counselor")

    assert (await flagged(scene))["station_id"] == "other"


async def test_where_the_child_is_by_the_record_goes_before_where_the_caller_is(
    scene: EscalationScene,
) -> None:
    await add_station(scene, "haizhu", HAIZHU)
    await add_station(scene, "humen", HUMEN)
    await scene.change(Call, "call", place_code=HUMEN, place_source="counselor")
    await writes(scene, place=HUMEN, person_place=HAIZHU)

    assert await flagged(scene) == {"station_id": "haizhu", "why_station": "record"}


async def test_what_is_no_division_in_a_record_is_no_place(scene: EscalationScene) -> None:
    await writes(scene, place=HAIZHU, person_place="unknown")

    async with scene.work() as work:
        assert await place_in_record(work, "call") == HAIZHU
        assert await place_in_record(work, "no such call") == ""


@pytest.mark.parametrize("written", ["humen", "站humen", "Humen", "站hum", HUMEN])
async def test_the_counselors_choice_goes_before_everything(
    scene: EscalationScene, written: str
) -> None:
    await add_station(scene, "humen", HUMEN)
    await add_station(scene, "haizhu", HAIZHU)
    await scene.change(Call, "call", place_code=HAIZHU, place_source="counselor")

    assert await flagged(scene, written) == {"station_id": "humen", "why_station": "chosen"}


@pytest.mark.parametrize("written", ["nowhere", "站", "%", "小明在虎门"])
async def test_a_choice_that_means_no_station_refuses_no_flag_and_is_kept_nowhere(
    scene: EscalationScene, written: str
) -> None:
    await add_station(scene, "humen", HUMEN)
    await add_station(scene, "haizhu", HAIZHU)

    told = await flagged(scene, written)

    assert told == {"station_id": "district", "why_station": "line", "chosen_in_vain": True}


async def test_a_flag_that_is_added_to_a_running_escalation_says_which_station_was_meant(
    scene: EscalationScene,
) -> None:
    await add_station(scene, "humen", HUMEN)
    await flagged(scene)
    await flagged(scene, "humen", key="second")

    [added] = await scene.facts("escalation.flag_added")
    assert added["station_wished"] == "humen"


async def test_a_line_without_a_station_goes_to_the_intake_of_the_numbers_area(
    scene: EscalationScene,
) -> None:
    await scene.change(Line, "12355", station_id=None)
    await add_station(scene, "guangzhou", "440100", intake=True)
    await add_station(scene, "dongguan", DONGGUAN, intake=True)
    await scene.change(Call, "call", place_code=DONGGUAN, place_source="number")

    assert (await flagged(scene))["station_id"] == "dongguan"


async def test_a_line_without_a_station_and_a_caller_from_nowhere_known_go_to_an_intake(
    scene: EscalationScene,
) -> None:
    await scene.change(Line, "12355", station_id=None)
    await add_station(scene, "dongguan", DONGGUAN, intake=True)

    assert await flagged(scene) == {"station_id": "dongguan", "why_station": "intake"}
    assert "supervisors.paged" not in await scene.kinds()
