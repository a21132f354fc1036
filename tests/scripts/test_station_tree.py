"""The tree of Guangdong's stations: the same each time, whole, and with made-up phones alone."""

import re

import yaml
from station_tree import DEFAULT, below, kept_by_hand, tree

from hotline.stations.divisions import places_here

FILES = tree(kept_by_hand(DEFAULT))
MADE_UP = re.compile("0200[0-9]{7}")


def test_the_files_of_the_repository_are_those_of_the_script() -> None:
    written = {file.name: file.read_text("utf-8") for file in DEFAULT.glob("stations/*.yaml")}

    assert written == FILES


def test_every_city_district_and_town_has_one_station() -> None:
    stations = [one for text in FILES.values() for one in yaml.safe_load(text)["stations"]]
    divisions = [*(one["division"] for one in stations), *kept_by_hand(DEFAULT)]

    assert sorted(divisions) == sorted({*places_here(), "440000"})


def test_no_phone_is_in_use_and_none_stands_twice() -> None:
    phones = [one for text in FILES.values() for one in re.findall(r'phone: "([^"]*)"', text)]

    assert all(MADE_UP.fullmatch(one) for one in phones)
    assert len(set(phones)) == len(phones)


def test_a_city_without_districts_is_divided_by_towns() -> None:
    assert len(below("4419")) == 32
    assert len(below("4420")) == 23
    assert below("4403")[0].name == "罗湖区"
