"""`unreached.py`: names of the product that nothing reads, found by vulture.

Tests do not count as readers: what only a test asks for is dead. What is read in a way that vulture
cannot see stands in `KEPT` under its reason; an entry that is no longer needed is reported as well.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from jinja2 import Environment
from jinja2.nodes import Getattr

ROOT = Path(__file__).resolve().parent.parent
TREES = ("hotline", "routing", "ivr", "scripts")
NOT_READ = "*/node_modules/*,*/migrations/versions/*"  # alembic alone calls what is in a version
REGISTERING = ("get", "post", "put", "delete", "api_route", "websocket", "command", "callback")
DECORATORS = (*(f"@*.{what}" for what in REGISTERING), "@*_validator")
FOUND = re.compile(r"(?P<file>.+):(?P<line>\d+): .* '(?P<name>\w+)' \(\d+% confidence\)")
TEMPLATES = ROOT / "hotline" / "web" / "templates"

KEPT = {  # reason → file:name
    "pydantic reads the settings of a model": ("*:model_config",),
    "read from what a place keeps of its file (`materials.receivers`)": (
        "hotline/configuration/receivers.py:*_within_*",
    ),
    "rq reads it off the worker or the job": (
        "hotline/jobs/worker_process.py:max_connection_wait_time",
        "hotline/jobs/worker_process.py:*_callback",
    ),
    "openpyxl writes it into the workbook": ("hotline/web/report_sheets.py:*",),
    "uvicorn's server reads it in each round of its loop": (
        "scripts/bench_carrier.py:should_exit",
        "scripts/bench_callers.py:should_exit",
        "scripts/bench_capped.py:should_exit",
    ),
    "a closed list: pages and checks go through all of it": (
        "hotline/records/model.py:[A-Z]*",
        "hotline/cases/model.py:[A-Z]*",
        "hotline/statutory/model.py:[A-Z]*",
        "hotline/callers/blocks.py:[A-Z]*",
        "hotline/followups/model.py:WRONG_PERSON",
        "hotline/followups/model.py:MADE",
        "hotline/debriefs/model.py:[A-Z]*",
        "hotline/handovers/model.py:[A-Z]*",
        "hotline/recordings/telling.py:COULD_NOT",
        "hotline/callbacks/model.py:REACHED_OTHERWISE",
        "hotline/materials/receivers.py:[A-Z]*",
        "hotline/referrals/model.py:[A-Z]*",
        "hotline/rights/model.py:[A-Z]*",
        "hotline/quality/model.py:[A-Z]*",
    ),
    "a part of an answer of the API": (
        "hotline/web/api/what_ifs.py:wait_p95_s",
        "hotline/web/api/floor.py:nobody_for_s",
        "hotline/web/api/floor.py:help",
        "hotline/web/api/callers.py:*_today",
        "hotline/web/api/callers.py:to_be_told",
        "hotline/web/api/owed.py:accounted_for",
        "hotline/web/api/risk.py:ratings",
        "hotline/web/api/me.py:token_lasts_s",
        "hotline/statutory/counts.py:mandatory",
        "hotline/statutory/counts.py:emergency",
        "hotline/quality/queries.py:same_calls",
        "hotline/roster/repeats.py:unannounced",
        "hotline/web/api/roster_files.py:faulty",
    ),
    "openpyxl writes it into the file": (
        "hotline/roster/sheets.py:number_format",
        "hotline/roster/sheets.py:alignment",
        "hotline/roster/sheets.py:font",
        "hotline/roster/sheets.py:freeze_panes",
    ),
    "a word that a browser says of itself, read by its value": (
        "hotline/staff/consoles.py:BAD",
        "hotline/staff/consoles.py:IF_IDLE",
    ),
    "`hotline simulate` reads the measures by their names": ("routing/simulate/measures.py:*",),
    "read by the names of `DAY_FIGURES`": ("hotline/forecasting/whatif.py:wait_p95_s",),
    "a column that statements written by hand read": ("hotline/storage/tables/audit.py:source_id",),
    "SQLAlchemy calls it when tables are made": (
        "hotline/storage/tables/audit.py:_guard",
        "hotline/storage/tables/handovers.py:_guard",
    ),
    "a sealed cell, opened by its name": ("*:*_sealed",),
    "a column, written for those who look into the database": (
        "hotline/storage/tables/callers.py:lifted_by",
        "hotline/storage/tables/callers.py:approved_*",
        "hotline/storage/tables/recordings.py:closed_*",
        "hotline/storage/tables/rights.py:*_by",
        "hotline/rights/holds.py:lifted_by",
        "hotline/rights/requests.py:confirmed_by",
        "hotline/storage/tables/texting.py:asked_key",
        "hotline/storage/tables/statutory.py:released_by",
        "hotline/storage/tables/handovers.py:withdrawn_known_at",
        "hotline/storage/tables/handovers.py:told_how",
        "hotline/storage/tables/handovers.py:not_told_by",
        "hotline/storage/tables/handovers.py:lifted_by",
        "hotline/storage/tables/handovers.py:recipient_id",
        "hotline/handovers/consents.py:withdrawn_known_at",
        "hotline/handovers/provision.py:told_how",
        "hotline/handovers/provision.py:not_told_by",
        "hotline/handovers/provision.py:recipient_id",
        "hotline/handovers/guardians.py:lifted_by",
        "hotline/callers/blocks.py:lifted_by",
        "hotline/cases/reporters.py:released_by",
        "hotline/recordings/telling.py:closed_*",
        "hotline/storage/tables/quality.py:*_at",
        "hotline/storage/tables/quality.py:taken_back_by_id",
        "hotline/quality/certificates.py:taken_back_by_id",
    ),
    "a number by agency, read from the whole document": ("hotline/statutory_settings.py:[a-z]*",),
    "the form of a function that is handed in": ("hotline/web/voice/answering.py:__call__",),
    "starlette reads the words of a cookie": (
        "hotline/web/signing_in.py:httponly",
        "hotline/web/signing_in.py:samesite",
    ),
}


def main() -> int:
    """Print unread names, and entries of `KEPT` that keep nothing. 1 where there is any."""
    kept = {entry for entries in KEPT.values() for entry in entries}
    needed: set[str] = set()
    dead: list[str] = []
    for at, line in _unread():
        entries = {entry for entry in kept if fnmatchcase(at, entry)}
        needed |= entries
        dead += [] if entries else [f"{line}: nothing reads it"]
    dead += [f"scripts/unreached.py: {entry} keeps nothing" for entry in sorted(kept - needed)]
    print("\n".join(dead), end="\n" if dead else "")
    return int(bool(dead))


def _unread() -> Iterator[tuple[str, str]]:
    """file:name of what vulture finds and no template reads, and the line that says so."""
    argv = [sys.executable, "-m", "vulture", *TREES, "--exclude", NOT_READ]
    argv += ["--ignore-decorators", ",".join(DECORATORS)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    in_templates = set(_read_by_templates())
    for said in (done.stdout + done.stderr).splitlines():
        found = FOUND.fullmatch(said)
        name = found["name"] if found else said
        if name not in in_templates:
            yield (f"{found['file']}:{name}" if found else said), said


def _read_by_templates() -> Iterator[str]:
    for file in TEMPLATES.glob("*.html"):
        template = Environment(autoescape=True).parse(file.read_text(encoding="utf-8"))
        yield from (node.attr for node in template.find_all(Getattr))


if __name__ == "__main__":
    sys.exit(main())
