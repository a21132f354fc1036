"""The real configuration, and a copy of it that may be spoiled."""

import shutil
from pathlib import Path

GUANGDONG = Path(__file__).parents[3] / "deploy" / "guangdong"


def copied(to: Path) -> Path:
    """A copy of the real configuration."""
    return Path(shutil.copytree(GUANGDONG, to / "guangdong"))
