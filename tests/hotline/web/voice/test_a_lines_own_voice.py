"""A line that speaks with a voice of its own, beside lines that speak with everybody's."""

import pytest

from hotline.storage.tables import Line
from tests.hotline.web.voice.conftest import FLOW, VoiceScene, says

pytestmark = pytest.mark.anyio

OWN = {"yue": {"voice": "Polly.Hiujin-Neural", "language": "yue-CN"}}
THEIRS = '<Say language="yue-CN" voice="Polly.Hiujin-Neural">'
MANDARIN = '<Say language="cmn-CN" voice="Polly.Zhiyu-Neural">'


async def test_a_caller_hears_the_voice_that_the_flow_of_the_line_names(scene: VoiceScene) -> None:
    flow = {**FLOW, "voices": OWN}
    await scene.change(Line, "youth", flow=flow, flow_version="with-a-voice")

    await scene.child_calls()
    said = await scene.child_presses("2")

    assert says(said, "wait.first", "yue")
    assert THEIRS in said
    assert MANDARIN not in said


async def test_on_a_line_that_names_none_the_voice_of_the_installation_speaks(
    scene: VoiceScene,
) -> None:
    await scene.child_calls()

    said = await scene.child_presses("2")

    assert says(said, "wait.first", "yue")
    assert THEIRS not in said
