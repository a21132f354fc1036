"""The checks of the hand-written JavaScript: eslint, and tsc on the types in its comments.

Their packages are those of tests/javascript; nothing of them reaches a browser.
"""

from pathlib import Path

from front_end import WEB
from node import Command, Node

CHECKS = Path(__file__).resolve().parent.parent / "tests" / "javascript"
MODULES = CHECKS / "node_modules"
TREES = ["hotline/web/static", "hotline/simulator/static", "tests/javascript"]


def bring_checks(node: Node) -> None:
    """Node.js, the checks, and the pages' own packages: calls into them are checked as well."""
    node.keep()
    node.bring_packages(CHECKS)
    node.bring_packages(WEB)


def eslint(node: Node) -> Command:
    """Started in the repository's root."""
    words = ["--config", f"{CHECKS}/eslint.config.js", "--max-warnings=0", *TREES]
    return [*node.command(), f"{MODULES}/eslint/bin/eslint.js", *words]


def tsc(node: Node) -> Command:
    """Started anywhere: its configuration names the files."""
    return [*node.command(), f"{MODULES}/typescript/bin/tsc", "--project", str(CHECKS)]
