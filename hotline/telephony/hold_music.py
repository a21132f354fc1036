"""What a caller on hold hears between two sentences: a slow, quiet tune, made here.

Nobody's recording, so that no licence and no foreign server is needed, and it is there without
a file. Telephone sound: 8,000 samples a second, one channel, 16 bits.
"""

import io
import math
import struct
import wave
from functools import cache

RATE = 8000
NOTE_S = 1.2
LOUDNESS = 0.22  # of what a line carries: music behind a thought, not in front of it
FADE_PER_S = 1.8  # how fast a plucked note dies away
# C major, G, A minor and F, each as four notes going up and down (MIDI numbers).
TUNE = (60, 64, 67, 72, 59, 62, 67, 71, 57, 60, 64, 69, 57, 60, 65, 69)


HALF = len(TUNE) // 2


@cache
def hold_music() -> bytes:
    """The tune once, about twenty seconds, as a WAV file."""
    return _played(TUNE)


@cache
def waiting_music(half: int) -> bytes:
    """One half of it (1 or 2), about ten seconds: a round of waiting is no longer."""
    return _played(TUNE[:HALF] if half == 1 else TUNE[HALF:])


def _played(notes: tuple[int, ...]) -> bytes:
    kept = io.BytesIO()
    with wave.open(kept, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(b"".join(map(_note, notes)))
    return kept.getvalue()


def _note(number: int) -> bytes:
    """One plucked note with a soft octave above it, from silence to silence."""
    pitch = 440.0 * 2 ** ((number - 69) / 12)
    count = int(RATE * NOTE_S)
    samples = (_loudness(n, count) * _tone(pitch, n) for n in range(count))
    return struct.pack(f"<{count}h", *(int(32767 * LOUDNESS * one) for one in samples))


def _tone(pitch: float, n: int) -> float:
    turn = 2 * math.pi * pitch * n / RATE
    return 0.8 * math.sin(turn) + 0.2 * math.sin(2 * turn)


def _loudness(n: int, count: int) -> float:
    """Without a click at either end."""
    begins = min(1.0, n / (0.02 * RATE))
    ends = min(1.0, (count - n) / (0.05 * RATE))
    return begins * ends * math.exp(-FADE_PER_S * n / RATE)
