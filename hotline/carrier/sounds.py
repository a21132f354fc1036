"""Sounds that a document names, as the carrier fetches them."""

import io
import wave
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FetchedSound:
    """What came of it. `status` 0: nothing answered. `seconds` 0: it is no WAV file."""

    status: int
    seconds: float

    @property
    def usable(self) -> bool:
        """Whether a caller hears anything."""
        return self.seconds > 0


def seconds_of(raw: bytes) -> float:
    """How long a WAV file is; 0 for anything else."""
    try:
        with wave.open(io.BytesIO(raw), "rb") as file:
            return file.getnframes() / file.getframerate()
    except (wave.Error, EOFError, ZeroDivisionError):
        return 0.0
