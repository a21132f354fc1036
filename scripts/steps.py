"""The steps of a set-up: told on the terminal with the time, run as programs, or given up."""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NoReturn

START = time.monotonic()


def tell(what: str) -> None:
    """One line of progress with the seconds since the start."""
    print(f"[{time.monotonic() - START:5.1f} s] {what}", flush=True)


def give_up(why: str) -> NoReturn:
    """End with a sentence that says what to do."""
    sys.exit(f"\n{why}")


def run(
    argv: Iterable["str | Path"],
    *,
    env: "Mapping[str, str] | None" = None,
    cwd: "Path | None" = None,
    quiet: bool = False,
) -> int:
    """Run a program; its exit status."""
    output = subprocess.DEVNULL if quiet else None
    whole = {**os.environ, **(env or {})}
    words = [str(word) for word in argv]
    return subprocess.call(words, env=whole, cwd=cwd, stdout=output, stderr=output)


def output_of(argv: Iterable["str | Path"]) -> str:
    """What a program prints; empty where it fails."""
    words = [str(word) for word in argv]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def fits(stamp: Path, wanted: str) -> bool:
    """Whether a step was done before, and nothing of it has changed since."""
    return stamp.exists() and stamp.read_text() == wanted


def digest(files: Iterable[Path], more: str) -> str:
    """A stamp: the same again only while nothing of this has changed."""
    whole = b"".join(file.read_bytes() for file in files) + more.encode()
    return hashlib.sha256(whole).hexdigest()
