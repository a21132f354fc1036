"""Where a caller is: from the number about, from the caller for sure."""

import pytest

from hotline.callers.area_codes import AREA_CODES
from hotline.callers.where import calls_by_place, division_of, note_place
from hotline.calls.service import lock_call
from hotline.errors import Invalid
from hotline.stations.divisions import HERE, division_name, find_division, places_here
from hotline.storage.tables import Call
from tests.fakes import NOON
from tests.hotline.callers.conftest import CallersScene


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("+862083330000", "广州市"),
        ("+8675588880000", "深圳市"),
        ("+8676988880000", "东莞市"),
        ("+8613533333333", "广州市"),
        ("+8619912345678", "河北省唐山市"),
        ("+861088880000", "北京市"),
        ("+8657188880000", "浙江省杭州市"),
        ("+862888880000", "四川省"),  # three cities share it
        ("+85221234567", ""),
        ("12345", ""),
    ],
)
def test_a_number_says_about_which_city(number: str, name: str) -> None:
    assert division_name(division_of(number)) == name


def test_every_area_code_of_the_province_is_one_of_its_21_cities() -> None:
    here = [code for code in AREA_CODES.values() if code.startswith(HERE)]
    names = {division_name(code.ljust(6, "0")) for code in here}

    assert len(names) == len(here) == 21
    assert names <= set(places_here().values())


def test_area_codes_say_what_the_open_list_of_them_says() -> None:
    from phonenumbers import PhoneNumber, geocoder  # noqa: PLC0415 – takes a second to load

    def said_of(area: str) -> str:
        """Its list goes by the first digits after the area code."""
        numbers = [area + first * length for length in (8, 7) for first in "68574239"]
        found = [PhoneNumber(country_code=86, national_number=int(one)) for one in numbers]
        words = [geocoder.description_for_number(one, "zh") for one in found]
        return next(filter(None, words), "")

    said = {area: said_of(area) for area, code in AREA_CODES.items() if not code.startswith(HERE)}

    for area, words in said.items():
        assert division_name(AREA_CODES[area].ljust(6, "0"))[:2] == words[:2], area


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("天河", "440106"),
        ("天河区", "440106"),
        ("广州市天河区", "440106"),
        ("东莞", "441900"),
        ("唐山", "130200"),
        ("新兴县", "445321"),
    ],
)
def test_a_place_is_found_by_what_people_call_it(text: str, code: str) -> None:
    assert find_division(text) == code


@pytest.mark.parametrize("text", ["天河系", "河", "鼓楼区"])
def test_what_is_none_or_many_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        find_division(text)


@pytest.mark.anyio
async def test_the_counselors_word_counts_and_calls_are_counted_by_place(
    scene: CallersScene,
) -> None:
    await scene.called(place_code="440100", place_source="number")
    await scene.called()
    await scene.calls(place_code="440100", place_source="number")

    async with scene.work() as work:
        await note_place(work, await lock_call(work, "c1"), "天河", at=NOON, by="li")

    call: Call = await scene.get(Call, "c1")
    assert (call.place_code, call.place_source) == ("440106", "counselor")
    async with scene.work() as work:
        found = await calls_by_place(work, ["youth"], since=NOON)
    assert found == [("", 1), ("广州市", 1), ("广州市天河区", 1)]
