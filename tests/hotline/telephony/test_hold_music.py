"""The music of a caller on hold is sound that a telephone can carry."""

import io
import struct
import wave

from hotline.telephony.hold_music import hold_music


def samples() -> tuple[tuple[int, int, int], tuple[int, ...]]:
    """Rate, channels and bytes of a sample; and the samples."""
    with wave.open(io.BytesIO(hold_music())) as file:
        form = (file.getframerate(), file.getnchannels(), file.getsampwidth())
        return form, struct.unpack(f"<{file.getnframes()}h", file.readframes(file.getnframes()))


def test_it_is_telephone_sound_of_about_twenty_seconds() -> None:
    form, heard = samples()

    assert form == (8000, 1, 2)
    assert 15 < len(heard) / 8000 < 30


def test_it_is_heard_in_every_second_and_never_shouts() -> None:
    _, heard = samples()
    seconds = [heard[at : at + 8000] for at in range(0, len(heard) - 8000, 8000)]

    loudest = [max(abs(one) for one in second) for second in seconds]

    assert min(loudest) > 500
    assert max(loudest) < 32767 / 3


def test_it_begins_and_ends_without_a_click() -> None:
    _, heard = samples()

    assert abs(heard[0]) < 50
    assert abs(heard[-1]) < 200
