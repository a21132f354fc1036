"""What may be played to callers, by what is in it."""

import pytest

from hotline.errors import SoundRefused
from hotline.prompts.sound import check_sound
from tests.hotline.prompts.conftest import tone


def test_a_sound_is_known_by_its_hash_and_its_length() -> None:
    once, again = check_sound(tone(1.5)), check_sound(tone(1.5))

    assert (once.seconds, once.notes) == (1.5, ())
    assert once.sha256 == again.sha256


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "no_wav"),
        (b"ID3 a tune", "no_wav"),
        (tone()[:40], "no_wav"),
        (tone(rate=44100), "other_form"),
        (tone(loudness=0.001), "silent"),
        (tone(0.05), "too_short"),
        (tone(61), "too_long"),
    ],
)
def test_what_no_caller_should_hear_is_refused_with_what_to_do(raw: bytes, reason: str) -> None:
    with pytest.raises(SoundRefused) as told:
        check_sound(raw)

    assert told.value.facts == {"reason": reason}
    assert told.value.public.endswith(".")


@pytest.mark.parametrize(("loudness", "note"), [(0.05, "quiet"), (3.0, "clipped")])
def test_what_could_be_better_is_kept_and_said(loudness: float, note: str) -> None:
    assert check_sound(tone(loudness=loudness)).notes == (note,)
