"""What a line's file says about recording: kept with the line, and refused where it cannot be."""

from datetime import timedelta
from pathlib import Path

import pytest

from hotline.configuration.apply import apply
from hotline.configuration.load import load_folder
from hotline.errors import ConfigError
from hotline.lines.recording import recording_rule
from hotline.storage.session import Database
from hotline.storage.tables import Line
from tests.fakes import FakeClock
from tests.hotline.configuration.conftest import copied

RULE = "recording: {when: never, notice: recording.notice, keep_days: 1095, "


def written(to: Path, rule: str) -> Path:
    """The real configuration with another rule."""
    folder = copied(to)
    text = (folder / "lines.yaml").read_text(encoding="utf-8")
    whole = f"{RULE}counselor_may_hear: false}}"
    assert whole in text
    (folder / "lines.yaml").write_text(text.replace(whole, rule), encoding="utf-8")
    return folder


@pytest.mark.anyio
async def test_a_line_keeps_its_rule(database: Database, clock: FakeClock, tmp_path: Path) -> None:
    folder = written(tmp_path, "recording: {when: always, keep_days: 30, counselor_may_hear: true}")

    async with database.work() as work:
        await apply(work, load_folder(folder), at=clock.now())
    async with database.work() as work:
        rule = recording_rule(await work.get_one(Line, "youth-12355"))

    assert rule.records
    assert rule.notice == "recording.notice"
    assert rule.kept_for == timedelta(days=30)
    assert rule.counselor_may_hear


def test_a_line_that_says_nothing_records_nothing(tmp_path: Path) -> None:
    line = load_folder(written(tmp_path, "")).lines[0]

    assert not line.recording.records
    assert not line.recording.counselor_may_hear


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("recording: {when: sometimes}", "never, always"),
        ("recording: {when: always, keep_days: 0}", "keep_days"),
        ('recording: {when: always, keep_days: "30"}', "keep_days"),
        ("recording: {when: always, notice: recording.nothing}", "no prompt recording.nothing"),
        ("recording: {when: always, who: li}", "who"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_by_file_and_line(
    tmp_path: Path, rule: str, told: str
) -> None:
    folder = written(tmp_path, rule)

    with pytest.raises(ConfigError) as refused:
        load_folder(folder)

    assert refused.value.public.startswith("lines.yaml:")
    assert told in refused.value.public
