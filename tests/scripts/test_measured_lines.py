"""What the tests ran is put together from the data of many processes."""

import sqlite3
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
