"""`audit.py`: whether anything that our lock files name has a known hole.

Asks the advisory sources of pip-audit and npm. Where one cannot be reached, that is said aloud and
is no failure: a check that fails without a network would soon be switched off.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from front_end import WEB
from javascript import CHECKS
from setup_environment import PYTHON, ROOT, node_here

LOCKS = ("requirements-dev.lock", "tool-uv.lock", "tool-node.lock")
PIP_AUDIT = [
    "-m",
    "pip_audit",
    "--vulnerability-service",
    "osv",
    "--disable-pip",
    "--timeout",
    "15",
]
PIP_AUDIT += ["--require-hashes", "--progress-spinner", "off", "--format", "json"]

Holes = list[str]


def python_holes(said: str) -> Holes | None:
    """`said`: pip-audit's JSON. None where it came to no verdict."""
    report = _read(said)
    if "dependencies" not in report:
        return None
    return [
        f"{one['name']} {one['version']}: {hole['id']}"
        for one in report["dependencies"]
        for hole in one.get("vulns", ())
    ]


def npm_holes(said: str) -> Holes | None:
    """`said`: npm's JSON. None where it came to no verdict."""
    report = _read(said)
    if "vulnerabilities" not in report:
        return None
    return [f"{name}: {one['severity']}" for name, one in report["vulnerabilities"].items()]


def _read(said: str) -> dict[str, Any]:
    try:
        report = json.loads(said)
    except ValueError:
        return {}
    return report if isinstance(report, dict) else {}


def audited(
    what: str, command: list[str], folder: Path, read: Callable[[str], Holes | None]
) -> bool:
    """Run one audit and tell what came of it. False where there are holes."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    holes = read(done.stdout)
    if holes is None:
        reason = (done.stderr.strip() or "no answer").splitlines()[-1][:200]
        print(f"NOT AUDITED: {what}: the advisory source could not be reached ({reason})")
        return True
    for hole in holes:
        print(f"{what}: {hole}")
    return not holes


def main() -> int:
    """0 where no hole is known, or nobody could be asked."""
    npm = node_here().npm()
    passed = [
        audited(
            f"deploy/{lock}",
            [str(PYTHON), *PIP_AUDIT, "--requirement", str(ROOT / "deploy" / lock)],
            ROOT,
            python_holes,
        )
        for lock in LOCKS
    ]
    for folder in (WEB, CHECKS):
        name = folder.relative_to(ROOT).as_posix()
        passed.append(audited(name, [*npm, "audit", "--json"], folder, npm_holes))
    return int(not all(passed))


if __name__ == "__main__":
    sys.exit(main())
