"""What the pages bring to the browser: npm packages by lock file, and the files we serve of them.

Packages and versions: hotline/web/package.json.
"""

import shutil
from pathlib import Path

from node import Node
from steps import digest, fits, tell

WEB = Path(__file__).resolve().parent.parent / "hotline" / "web"
VENDOR = WEB / "static" / "vendor"

FILES = {
    "@twilio/voice-sdk/dist/twilio.min.js": "twilio.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "idiomorph/dist/idiomorph-ext.min.js": "idiomorph-ext.min.js",
}


def bring_front_end(node: Node) -> None:
    """Make `static/vendor` complete."""
    stamp = VENDOR / ".ok"
    wanted = digest([WEB / "package-lock.json"], repr(FILES))
    if fits(stamp, wanted):
        return
    node.bring_packages(WEB)
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for source, target in FILES.items():
        shutil.copyfile(WEB / "node_modules" / source, VENDOR / target)
    stamp.write_text(wanted)
    tell("the front end is complete")
