"""Voices that can be told apart: each page speaks with one pitch, and says what it hears."""

from playwright.sync_api import Page, expect

SPEAKS_WITH = """(hertz) => {
    navigator.mediaDevices.getUserMedia = async () => {
        const context = new AudioContext();
        const out = context.createMediaStreamDestination();
        const voice = new OscillatorNode(context, {frequency: hertz});
        voice.connect(new GainNode(context, {gain: 0.3})).connect(out);
        voice.start();
        return out.stream;
    };
}"""
MUSIC = "music"


def speaks_with(page: Page, hertz: int) -> None:
    """From its next address on, the microphone of this page gives one tone."""
    page.add_init_script(f"({SPEAKS_WITH})({hertz})")


def hears(page: Page, *expected: int | str) -> None:
    """This page hears these pitches, lowest first, or music, and nothing else."""
    said = " ".join(str(one) for one in expected)
    expect(page.get_by_test_id("voice-audio")).to_have_attribute("data-hears", said)


def all_hear(expected: dict[Page, tuple[int | str, ...]]) -> None:
    """Each page what stands here, and still so when all have been looked at."""
    for _ in range(2):
        for page, heard in expected.items():
            hears(page, *heard)
