"""`lines_of_tests.py`: how many lines of tests stand close to each package, for one line of it.

Close: in the folder of `tests` that mirrors the package. How much of the product those tests run is
measured by `measured_lines.py`; a story that breaks says that something is wrong, a test close by
says what.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
APART = ("web",)  # a package of packages: each of those is one line of the table
LEAST = 0.6
BOUND = (  # these have reached it and may not fall back; another joins them when it gets there
    "hotline/callcontrol",
    "hotline/calls",
    "hotline/deliveries",
    "hotline/escalations",
    "hotline/jobs",
    "hotline/lines",
    "hotline/records",
    "hotline/staff",
    "hotline/switchboard",
    "hotline/telephony",
    "hotline/web/api",
    "hotline/web/pages",
    "hotline/web/voice",
    "ivr",
    "routing",
)


class Package(NamedTuple):
    """A package and the folder of its tests, in lines that are not blank."""

    name: str
    lines: int
    tests: int

    @property
    def ratio(self) -> float:
        """Lines of tests for one line of the package."""
        return self.tests / self.lines


def main() -> int:
    """Print the table. 1 where a package of `BOUND` has too few, or there is no such package."""
    found = {package.name: package for package in _packages()}
    print("package                    lines   tests  ratio")
    for name, package in sorted(found.items()):
        bound = f"  at least {LEAST}" if name in BOUND else ""
        print(f"{name:25} {package.lines:6} {package.tests:7} {package.ratio:6.2f}{bound}")
    wanting = [name for name in BOUND if name not in found or found[name].ratio < LEAST]
    if wanting:
        print(f"Too few tests close by: {', '.join(wanting)}")
    return int(bool(wanting))


def _packages() -> Iterator[Package]:
    for name in ("routing", "ivr", *_inside("hotline"), *_inside("hotline/web")):
        lines = _lines(ROOT / name)
        if name.rpartition("/")[2] not in APART and lines:
            yield Package(name, lines, _lines(ROOT / "tests" / name))


def _inside(name: str) -> list[str]:
    return [f"{name}/{init.parent.name}" for init in sorted((ROOT / name).glob("*/__init__.py"))]


def _lines(folder: Path) -> int:
    files = folder.rglob("*.py")
    return sum(bool(line.strip()) for file in files for line in file.read_text("utf-8").split("\n"))


if __name__ == "__main__":
    sys.exit(main())
