"""Words as sound, for browsers that have no voice of their own: espeak-ng from a wheel."""

import ctypes
import io
import threading
import wave
from functools import lru_cache

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

speech = APIRouter()

SYNCHRONOUS, UTF8, LONGEST = 2, 1, 600
VOICES = {"cmn": b"cmn", "zh": b"cmn", "yue": b"yue", "en": b"en"}
_lock = threading.Lock()


@speech.get("/speech")
async def spoken(text: str, language: str = "zh-CN") -> Response:
    """A WAV file of at most 600 characters."""
    voice = "yue" if language.lower() in ("zh-hk", "yue-hk", "yue-cn") else language[:3].strip("-")
    audio = await run_in_threadpool(synthesised, text[:LONGEST], voice.lower())
    return Response(audio, media_type="audio/wav", headers={"Cache-Control": "max-age=3600"})


@lru_cache(maxsize=256)
def synthesised(text: str, voice: str) -> bytes:
    """The library keeps global state: one at a time."""
    with _lock:
        library, rate = _library()
        samples = bytearray()

        def collect(wav: object, count: int, _events: object) -> int:
            if count > 0:
                samples.extend(ctypes.string_at(wav, count * 2))  # type: ignore[arg-type]
            return 0

        callback = _CALLBACK(collect)
        library.espeak_SetSynthCallback(callback)
        library.espeak_SetVoiceByName(VOICES.get(voice, b"en"))
        words = text.encode()
        library.espeak_Synth(words, len(words) + 1, 0, 0, 0, UTF8, None, None)
        library.espeak_Synchronize()
    return _wav(bytes(samples), rate)


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


@lru_cache(maxsize=1)
def _library() -> tuple[ctypes.CDLL, int]:
    import espeakng_loader  # noqa: PLC0415 – 21 MB that only a page without a voice needs

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    data = espeakng_loader.get_data_path().encode()
    return library, int(library.espeak_Initialize(SYNCHRONOUS, 0, data, 0))


def _wav(samples: bytes, rate: int) -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples)
    return made.getvalue()
