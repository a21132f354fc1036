"""A roster is changed as a planner writes it."""

from pathlib import Path

import pytest

from hotline.configuration.load import load_folder
from hotline.configuration.plans import setting_of_files
from hotline.errors import Invalid
from hotline.forecasting.rosters import changed
from routing.policy.lint import Setting

GUANGDONG = Path(__file__).parents[3] / "deploy" / "guangdong"


def setting() -> Setting:
    folder = load_folder(GUANGDONG)
    return setting_of_files(folder.lines[0], folder.staff)


def test_the_roster_grows_and_shrinks_by_language() -> None:
    people = setting().on_line

    more = changed(people, ["+2:yue+cmn"], setting())
    fewer = changed(people, ["-1:hak"], setting())

    assert len(more) == len(people) + 2
    assert dict(more[-1].skills.languages) == {"yue": 4, "cmn": 4}
    assert {one.name for one in people} - {one.name for one in fewer} == {"陈志强"}
    with pytest.raises(Invalid):
        changed(people, ["+x"], setting())
