"""The few sounds the carrier's softphone asks for, made here: nothing is fetched from elsewhere.

Calls are rung by the page itself (`static/ring.js`); these are the keys' tones and soft signs.
"""

import io
import math
import wave
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

RATE = 8000
LOUDNESS = 0.2  # of the loudest; a headset is close to the ear
FADE_S = 0.01  # in and out, or a tone clicks
ROWS, COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477)
KEYS = ("123", "456", "789", "s0h")  # as the softphone names them: star and hash
SIGNS: Mapping[str, tuple[Sequence[float], float]] = {  # frequencies at once, seconds
    "incoming": ((523.3, 659.3), 0.8),
    "outgoing": ((523.3,), 0.15),
    "disconnect": ((392.0,), 0.15),
}
KEY_S = 0.15


@cache
def sound_files() -> Mapping[str, bytes]:
    """File name → WAV, in the names of the softphone's `sounds`. Made once: it takes 0.1 s."""
    tones = dict(SIGNS) | dict(_keys())
    return {f"sounds/{name}.wav": _wav(*tone) for name, tone in tones.items()}


def _keys() -> Iterator[tuple[str, tuple[Sequence[float], float]]]:
    for row, keys in zip(ROWS, KEYS, strict=True):
        for column, key in zip(COLUMNS, keys, strict=True):
            yield f"dtmf{key}", ((row, column), KEY_S)


def _wav(frequencies: Sequence[float], seconds: float) -> bytes:
    """Mono, eight bits: small, and as good as a telephone."""
    count = int(RATE * seconds)
    samples = bytes(_sample(place, count, frequencies) for place in range(count))
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(RATE)
        file.writeframes(samples)
    return made.getvalue()


def _sample(place: int, count: int, frequencies: Sequence[float]) -> int:
    fade = min(1.0, place / (RATE * FADE_S), (count - place) / (RATE * FADE_S))
    swing = sum(math.sin(2 * math.pi * f * place / RATE) for f in frequencies) / len(frequencies)
    return round(128 + 127 * LOUDNESS * fade * swing)
