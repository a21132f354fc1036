"""Prompts as sound, for a browser that has no voice."""

import io
import wave

import pytest

from hotline.simulator.speech import synthesised


@pytest.mark.parametrize(("voice", "text"), [("cmn", "你好"), ("yue", "你好"), ("en", "hello")])
def test_words_become_sound_of_some_length(voice: str, text: str) -> None:
    with wave.open(io.BytesIO(synthesised(text, voice))) as sound:
        seconds = sound.getnframes() / sound.getframerate()
        heard = sound.readframes(sound.getnframes())

    assert 0.2 < seconds < 5
    assert any(heard)
