"""`measured_lines.py FOLDER PART …`: how many lines of the product the tests ran, in one figure.

Each measured part of `scripts/test.py` leaves the data of all its processes in FOLDER/PART; the
stories are not measured, since that takes them 1.7 times as long. The figure is judged only where
every PART left some: what was not measured cannot be found wanting.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from coverage import Coverage, CoverageData
from coverage.exceptions import DataError

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("hotline", "routing", "ivr")
LEAST = 0.9


class Measured(NamedTuple):
    """One file: how many lines can be run, and how many were."""

    name: str
    lines: int
    run: int

    @property
    def share(self) -> float:
        """From 0 to 1; a file without lines is complete."""
        return self.run / self.lines if self.lines else 1.0


def main(folder: Path, parts: list[str]) -> int:
    """Print the figure and the files below it. 1 where it is too low."""
    files = sorted(_measured_files(folder), key=lambda file: (file.share, file.name))
    whole = Measured("all", sum(file.lines for file in files), sum(file.run for file in files))
    for file in files:
        if file.share < LEAST:
            print(f"{file.share:7.1%}  {file.lines - file.run:4} lines not run  {file.name}")
    print(f"{whole.share:7.1%} of {whole.lines} lines are run (at least {LEAST:.0%} are wanted)")
    unmeasured = [part for part in parts if not (folder / part).is_dir()]
    if unmeasured:
        print(f"This is not judged, because nothing was measured of: {', '.join(unmeasured)}")
        return 0
    return int(whole.share < LEAST)


def _measured_files(folder: Path) -> Iterator[Measured]:
    coverage = Coverage(data_file=None)  # in memory; knows from its settings which lines count
    coverage.get_data().add_lines(lines_run(folder))
    for file in (file for top in PRODUCT for file in (ROOT / top).rglob("*.py")):
        if "node_modules" not in file.parts:
            _, lines, _, not_run, _ = coverage.analysis2(str(file))
            yield Measured(file.relative_to(ROOT).as_posix(), len(lines), len(lines) - len(not_run))


def lines_run(folder: Path) -> dict[str, set[int]]:
    """File → lines, over all processes. Data with branches and data without go together here.

    Stories kill processes: of one that was just writing its data nothing is counted, and it is
    said.
    """
    found: dict[str, set[int]] = defaultdict(set)
    for file in folder.glob("*/data*"):
        data = CoverageData(str(file))
        try:
            data.read()
        except DataError:
            print(f"{file.parent.name}: a process was killed while it wrote down what it ran")
            continue
        for name in data.measured_files():
            found[name].update(data.lines(name) or ())
    return found


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
