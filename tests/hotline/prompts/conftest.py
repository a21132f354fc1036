"""Sounds as a browser sends them."""

import io
import math
import wave
from array import array


def tone(
    seconds: float = 1.0, *, loudness: float = 0.5, rate: int = 8000, hertz: float = 440
) -> bytes:
    """A WAV file of one tone. `loudness` above 1 is cut off, as a microphone does."""
    swing = [math.sin(2 * math.pi * hertz * at / rate) for at in range(int(seconds * rate))]
    samples = [round(32767 * max(-1.0, min(1.0, loudness * one))) for one in swing]
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(array("h", samples).tobytes())
    return made.getvalue()
