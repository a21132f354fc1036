"""The set-up of a real line, as the README says it: run for real, with nothing to install."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from front_end import FILES
from setup_environment import make_command
from steps import digest

ROOT = Path(__file__).parents[2]
NAMED = "import sys\nsys.stdout.write(' '.join(sys.argv[1:]))\n"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A checkout with nothing to install, in a folder whose name has a space."""
    made = tmp_path / "a clone"
    shutil.copytree(ROOT / "scripts", made / "scripts")
    lock, vendor = made / "hotline/web/package-lock.json", made / "hotline/web/static/vendor"
    vendor.mkdir(parents=True)
    lock.write_text("{}")
    (vendor / ".ok").write_text(digest([lock], repr(FILES)))
    (made / "hotline/__main__.py").write_text(NAMED)
    (made / "deploy").mkdir()
    (made / "deploy/requirements.lock").write_text("")
    shutil.copy(ROOT / "deploy/tool-uv.lock", made / "deploy")
    return made


def test_the_set_up_of_a_real_line_leaves_a_command_that_runs(clone: Path) -> None:
    offline = {**os.environ, "PIP_NO_INDEX": "1", "UV_OFFLINE": "1"}
    offline.pop("PYTHONPATH", None)
    argv = [sys.executable, "scripts/setup_environment.py"]
    subprocess.run(argv, cwd=clone, env=offline, check=True, capture_output=True)  # noqa: S603 – ours

    command = clone / ".venv/bin/hotline"
    done = subprocess.run(  # noqa: S603 – ours
        [command, "plan", "a b"], cwd="/", env=offline, capture_output=True, text=True, check=True
    )
    assert done.stdout == "plan a b"


def test_windows_gets_a_command_too(tmp_path: Path) -> None:
    (tmp_path / "Scripts").mkdir()

    made = make_command(tmp_path, windows=True)

    assert made.name == "hotline.cmd"
    assert made.read_bytes() == b'@"%~dp0python.exe" -P -m hotline %*\r\n'
