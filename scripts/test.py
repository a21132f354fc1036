"""`python3 scripts/test.py [PART …]`: sets everything up and runs all checks and tests.

Parts: format, lint (ruff and vulture, audits of all lock files, and eslint and tsc for the
JavaScript), types, layers, routing, unit, scenarios, browser, coverage. Without names: all of them,
each even when one before it failed. The browser part needs a Chromium on the machine; where there
is none it is left out and said so, but on CI that is a failure. The coverage part looks at what the
tests of routing and unit ran when they were last run, and at how many tests stand close to each
package.
"""

import os
import shutil
import subprocess
import sys
import time

from javascript import eslint, tsc
from setup_environment import PYTHON, ROOT, node_here, prepare

TREES = ["hotline", "routing", "ivr", "scripts", "tests"]
COVERAGE = [str(PYTHON), "-m", "coverage"]
PYTEST = [str(PYTHON), "-m", "pytest", "-q"]
# Every line of the product, cheaply (`lines_run`).
MEASURED_PYTEST = [*PYTEST, "-p", "lines_run"]
LAYERS = "from importlinter.cli import lint_imports_command; lint_imports_command()"

# The engine is covered whole, every branch: it decides who is helped first.
BRANCHES = [*COVERAGE, "run", "--branch", "--source=routing", "-m", "pytest", "-q"]
WHOLE = ["--skip-covered", "--show-missing", "--fail-under=100"]
DATA = ROOT / ".measured"
# Not the stories: measured, each process of theirs takes 1.7 times its time.
MEASURED = ("routing", "unit")
ELSEWHERE = ("routing", "scenarios", "browser")

RUFF = [str(PYTHON), "-m", "ruff"]
NODE = node_here()

# All commands of a part are run, even after one that failed.
PARTS = {
    "format": [[*RUFF, "format", "--check", *TREES]],
    "lint": [
        [*RUFF, "check", "--quiet", *TREES],
        [str(PYTHON), "scripts/unreached.py"],
        [str(PYTHON), "scripts/audit.py"],
        eslint(NODE),
        tsc(NODE),
    ],
    "types": [[str(PYTHON), "-m", "mypy", "--explicit-package-bases", *TREES]],
    "layers": [[str(PYTHON), "-c", LAYERS]],
    "routing": [
        [*BRANCHES, "-n", "2", "tests/routing"],
        [*COVERAGE, "combine", "--quiet"],
        [*COVERAGE, "report", *WHOLE],
    ],
    "unit": [[*MEASURED_PYTEST, "-n", "2", *(f"--ignore=tests/{one}" for one in ELSEWHERE)]],
    "scenarios": [[*PYTEST, "-n", "2", "tests/scenarios"]],
    "browser": [[*PYTEST, "tests/browser"]],  # by itself: it wants a process without asyncio
    "coverage": [
        [str(PYTHON), "scripts/measured_lines.py", str(DATA), *MEASURED],
        [str(PYTHON), "scripts/lines_of_tests.py"],
    ],
}
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main(names: list[str]) -> int:
    """Set up, run the parts and print one table. 0 where none failed."""
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        print(f"There is no part {', '.join(unknown)}. Parts: {', '.join(PARTS)}.")
        return 2
    prepare("requirements-dev.lock", checks=True)
    results = [(name, *_run(name)) for name in names or PARTS]
    print("\npart        result      seconds")
    for name, result, seconds in results:
        print(f"{name:11} {result:10} {seconds:8.1f}")
    return int(any(result == "failed" for _, result, _ in results))


def _run(name: str) -> tuple[str, float]:
    print(f"\n── {name} ──", flush=True)
    env = os.environ | {"MYPYPATH": "scripts"}
    shutil.rmtree(DATA / name, ignore_errors=True)  # also of a part that is left out this time
    if name == "browser" and not _browser_can_run():
        return "left out", 0.0
    start = time.monotonic()
    if name in MEASURED:
        (DATA / name).mkdir(parents=True)
        env |= {"COVERAGE_FILE": str(DATA / name / "data"), "PYTHONPATH": str(ROOT / "scripts")}
    failed = [subprocess.call(command, cwd=ROOT, env=env) for command in PARTS[name]]
    return ("failed" if any(failed) else "passed"), time.monotonic() - start


def _browser_can_run() -> bool:
    if os.environ.get("CHROMIUM") or any(map(shutil.which, CHROMIUMS)):
        return True
    if os.environ.get("CI") or os.environ.get("HOTLINE_REQUIRE_BROWSER"):
        return True  # the tests themselves say what is missing, and fail
    print("No Chromium here, so the browser tests are left out: install one, or set CHROMIUM.")
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
