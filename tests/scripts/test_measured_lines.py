"""What the tests ran is put together from the data of many processes."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from coverage import CoverageData
from measured_lines import lines_run


def test_data_that_a_killed_process_left_half_written_is_left_out_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    part = tmp_path / "scenarios"
    part.mkdir()
    whole = CoverageData(str(part / "data.whole"))
    whole.add_lines({"/a.py": [1, 2]})
    whole.write()
    with sqlite3.connect(part / "data.killed") as half_written:
        half_written.execute("create table coverage_schema (version integer)")

    found = lines_run(tmp_path)

    assert found == {"/a.py": {1, 2}}
    assert capsys.readouterr().out == (
        "scenarios: a process was killed while it wrote down what it ran\n"
    )


def test_a_process_leaves_the_lines_of_the_product_that_it_ran(tmp_path: Path) -> None:
    product = tmp_path / "product"
    product.mkdir()
    (product / "said.py").write_text(
        "def said(yes):\n    if yes:\n        return 1\n    return 2\n"
    )
    program = (
        "import sys; from pathlib import Path; from lines_run import measure\n"
        "measure([Path(sys.argv[1])], sys.argv[2]); sys.path.insert(0, sys.argv[1])\n"
        "import said; said.said(True)\n"
    )
    (tmp_path / "unit").mkdir()
    data = tmp_path / "unit" / "data"
    env = {name: value for name, value in os.environ.items() if name != "COVERAGE_FILE"}
    env["PYTHONPATH"] = str(Path(__file__).parents[2] / "scripts")

    command = [sys.executable, "-c", program, str(product), str(data)]
    subprocess.run(command, check=True, env=env)  # noqa: S603 – this very Python and our program

    assert lines_run(tmp_path) == {str((product / "said.py").resolve()): {1, 2, 3}}
