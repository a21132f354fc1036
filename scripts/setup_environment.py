"""Sets up everything a command needs, with the standard library alone. Shared by demo and test.

Makes `.venv`, installs the locked packages by hash (uv, or pip where uv cannot be had), puts the
repository on its path, and brings the front end's files. A second run finds its stamps and is done
in a moment. Each thing that can be missing is told in one sentence with what to do.
"""

import importlib.util
import os
import re
import shutil
import sys
import time
from pathlib import Path
from typing import NoReturn

if sys.version_info < (3, 11):  # noqa: UP036 – here is where the others are told
    sys.exit(
        f"Hotline needs Python 3.11 or newer, and this is {sys.version.split()[0]}."
        " Start it with a newer one, for example `python3.11 scripts/demo.py`."
    )

from front_end import bring_front_end
from javascript import bring_checks
from node import Node
from steps import START, digest, fits, give_up, output_of, run, tell

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
UV = ROOT / "deploy" / "tool-uv.lock"
PIP: list[str | Path] = [PYTHON, "-m", "pip"]
QUIET = ["--quiet", "--disable-pip-version-check"]


def prepare(lock: str, *, checks: bool = False) -> None:
    """Make the environment of a lock file (in `deploy/`) and the front end's files.

    `checks`: also what the JavaScript is checked with.
    """
    site = _site_packages() or _make_venv()
    _install(ROOT / "deploy" / lock, site)
    make_command(VENV)
    node = node_here()
    if checks:
        bring_checks(node)  # first: a Node.js that stays also does for the front end
    bring_front_end(node)


def make_command(venv: Path, *, windows: bool = os.name == "nt") -> Path:
    """The `hotline` of an environment. A small script, since a checkout is no installed package."""
    if windows:
        file, text = venv / "Scripts" / "hotline.cmd", '@"%~dp0python.exe" -P -m hotline %*\r\n'
    else:
        file = venv / "bin" / "hotline"
        text = f'#!/bin/sh\nexec "{venv}/bin/python" -P -m hotline "$@"\n'
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8", newline="")
        file.chmod(0o755)
    return file


def node_here() -> Node:
    """Node.js of this machine, or one that the environment brings."""
    return Node(PYTHON, _install_aside, home=VENV / "node")


def continue_inside(argv: list[str]) -> NoReturn:
    """Go on with the environment's own Python. Does not come back."""
    began = time.time() - (time.monotonic() - START)  # noqa: TID251 – no Clock to take yet
    os.environ["HOTLINE_STARTED_AT"] = str(began)
    os.chdir(ROOT)
    if os.name == "nt":
        sys.exit(run([PYTHON, *argv]))
    os.execv(PYTHON, [str(PYTHON), *argv])  # noqa: S606 – our own interpreter


def _site_packages() -> Path | None:
    """Where the environment keeps packages; None where it is unfinished, or its Python is gone."""
    if not PYTHON.exists():
        return None
    said = output_of([PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
    return Path(said) if said and Path(said, "pip").is_dir() else None


def _make_venv() -> Path:
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        give_up(
            "This Python comes without its venv module. On Debian or Ubuntu:"
            " `apt-get install python3-venv`; then start again."
        )
    tell("making .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    made = run([sys.executable, "-m", "venv", VENV]) == 0
    site = _site_packages() if made else None
    if site is None:
        give_up(f"{VENV} could not be made: is the folder writable, is the disk full?")
    return site


def _install(lock: Path, site: Path) -> None:
    stamp = VENV / f".{lock.stem}.ok"
    wanted = digest([lock], str(site))
    if fits(stamp, wanted):
        return
    tell(f"installing the packages of deploy/{lock.name}")
    if _install_locked(lock) != 0:
        give_up(
            "The packages could not be installed; the lines above say why. Most often there is no"
            " network, or a mirror is needed: `pip config set global.index-url ADDRESS`, or"
            " PIP_INDEX_URL in the environment."
        )
    (site / "hotline_source.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    stamp.write_text(wanted)
    tell("the packages are installed")


def _install_locked(lock: Path) -> int:
    """By uv in seconds; where uv cannot be had or cannot do it, by pip."""
    hashed: list[str | Path] = ["--require-hashes", "-r", lock]
    if _has_uv() and run([*_uv_install(), "--python", PYTHON, *hashed], env=_uv_settings()) == 0:
        return 0
    tell("going on without uv: pip takes a minute or two")
    return run([*PIP, "install", *QUIET, "--no-deps", *hashed])


def _install_aside(folder: Path, lock: Path) -> int:
    """One wheel into a folder of its own, whatever the environment holds; by hash as well."""
    hashed: list[str | Path] = ["--require-hashes", "-r", lock]
    if _has_uv():
        uv = [*_uv_install(), "--python", PYTHON, "--target", folder]
        return run([*uv, *hashed], env=_uv_settings())
    return run([*PIP, "install", *QUIET, "--no-deps", "--target", folder, *hashed])


def _has_uv() -> bool:
    if run([PYTHON, "-m", "uv", "--version"], quiet=True) == 0:
        return True
    hashed: list[str | Path] = ["--no-deps", "--require-hashes", "-r", UV]
    return run([*PIP, "install", *QUIET, "--retries", "1", *hashed], quiet=True) == 0


def _uv_install() -> list[str | Path]:
    return [PYTHON, "-m", "uv", "pip", "install", "--quiet"]


def _uv_settings() -> dict[str, str]:
    """What pip was told about a mirror and its certificates, in uv's words: uv does not look."""
    listed = output_of([*PIP, "config", "list"])
    told: dict[str, str] = {}
    for section in ("global", "install", ":env:"):  # the later one wins, as with pip
        told |= dict(re.findall(rf"^{section}\.([a-z-]+)='(.*)'$", listed, re.MULTILINE))
    names = {
        "index-url": "UV_DEFAULT_INDEX",
        "cert": "SSL_CERT_FILE",
        "trusted-host": "UV_INSECURE_HOST",
    }
    wanted = {names[key]: value for key, value in told.items() if key in names}
    return {name: value for name, value in wanted.items() if name not in os.environ}


if __name__ == "__main__":
    prepare("requirements.lock")
