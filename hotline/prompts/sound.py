"""Whether an uploaded sound can be played to callers. By what is in it, never by its name."""

import hashlib
import io
import sys
import wave
from array import array
from dataclasses import dataclass

from hotline.errors import SoundRefused

RATE, CHANNELS, WIDTH = 8000, 1, 2  # of a telephone: more would not be heard
FORM = (CHANNELS, WIDTH, RATE)
LONGEST_S, SHORTEST_S = 60.0, 0.2
FULL = 32767
SILENT, QUIET, CLIPPED = 0.01, 0.1, 0.98  # of the loudest that a sample can be
CLIPPED_PART = 0.001

_NO_WAV = (
    "This is no WAV file. Choose a file on the prompts page, which converts it, or send WAV with"
    " 16 bits, one channel and 8,000 samples a second."
)
_OTHER_FORM = (
    "This WAV file has another form: send 16 bits PCM, one channel, 8,000 samples a second, or"
    " choose it on the prompts page, which converts it."
)


@dataclass(frozen=True, slots=True)
class CheckedSound:
    """A sound that callers can hear. `notes`: `quiet`, `clipped`: usable, but better done again."""

    wav: bytes
    sha256: str
    seconds: float
    notes: tuple[str, ...]


def check_sound(raw: bytes) -> CheckedSound:
    """Read a WAV file and write it anew, without whatever else stood in it.

    Raises `SoundRefused`.
    """
    frames = _frames(raw)
    seconds = len(frames) / (RATE * WIDTH)
    if seconds > LONGEST_S:
        raise SoundRefused("too_long", f"Longer than {LONGEST_S:.0f} seconds: make it shorter.")
    if seconds < SHORTEST_S:
        raise SoundRefused("too_short", "There is no sound in it: record it again.")
    notes = _notes(frames)
    wav = _written(frames)
    return CheckedSound(wav, hashlib.sha256(wav).hexdigest(), round(seconds, 2), notes)


def _frames(raw: bytes) -> bytes:
    try:
        with wave.open(io.BytesIO(raw), "rb") as file:
            form = (file.getnchannels(), file.getsampwidth(), file.getframerate())
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError, RuntimeError) as fault:
        raise SoundRefused("no_wav", _NO_WAV) from fault
    if form != FORM:
        raise SoundRefused("other_form", _OTHER_FORM)
    return frames[: len(frames) // WIDTH * WIDTH]


def _notes(frames: bytes) -> tuple[str, ...]:
    samples = array("h", frames)
    if sys.byteorder == "big":
        samples.byteswap()
    loudest, lowest = max(samples), min(samples)
    peak = max(loudest, -lowest) / FULL
    if peak < SILENT:
        raise SoundRefused("silent", "Nothing can be heard: check the microphone, record again.")
    if peak < QUIET:
        return ("quiet",)
    limit = CLIPPED * FULL
    clipped = sum(abs(sample) >= limit for sample in samples)
    return ("clipped",) if clipped > len(samples) * CLIPPED_PART else ()


def _written(frames: bytes) -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(CHANNELS)
        file.setsampwidth(WIDTH)
        file.setframerate(RATE)
        file.writeframes(frames)
    return made.getvalue()
