"""One clock for many processes: the system's, moved by an offset in a small shared file."""

import mmap
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path


class MovedClock:
    """Reads the offset each time, so that all processes move together."""

    def __init__(self, file: Path) -> None:
        """`file` holds one double: seconds to add."""
        if not file.exists():
            file.write_bytes(struct.pack("d", 0.0))
        with file.open("r+b") as opened:
            self._shared = mmap.mmap(opened.fileno(), 8)

    @property
    def offset(self) -> float:
        """Seconds ahead of the system."""
        return float(struct.unpack("d", self._shared[:8])[0])

    def now(self) -> datetime:
        """The moved present."""
        moved = timedelta(seconds=self.offset)
        return datetime.now(UTC) + moved  # noqa: TID251 – this is a Clock

    def advance(self, seconds: float) -> None:
        """Let time pass for every process that shares the file."""
        self._shared[:8] = struct.pack("d", self.offset + seconds)
