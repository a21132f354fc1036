"""When the floor alerts, from the file to what is in force."""

from pathlib import Path

import pytest

from hotline.alerts.kept import alert_rules_in_force
from hotline.alerts.rules import default_alert_rules
from hotline.configuration.alerts import ALERTS, load_alert_rules
from hotline.configuration.versions import apply_folder
from hotline.errors import ConfigError
from hotline.i18n.faults import fault_in_words
from hotline.storage.session import Database
from tests.fakes import FakeClock
from tests.hotline.configuration.conftest import copied

LINES = {"youth-12355"}
SHARE = "measure: service_level_15s, threshold: 70"
NOBODY = "measure: nobody_ready_s, threshold: 60"
WAIT = "measure: longest_wait_s, threshold: 60"


def written(folder: Path, *rules: str) -> Path:
    """A file with these rules, each on a line of its own from the second on."""
    told = [f"  - {{level: alarm, {one}}}" for one in rules]
    (folder / ALERTS).write_text("\n".join(["rules:", *told]), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("id: Long Wait, " + WAIT, "`id` must be a name of 2 to 40 small letters"),
        ("id: x_y, measure: longest_wait, threshold: 60", "Did you mean `longest_wait_s`?"),
        ("id: x_y, measure: longest_wait_s, threshold: 0", "a number from 1 to 86400"),
        ("id: x_y, level: loud, " + WAIT, "`level` is given twice"),
        ("id: x_y, holds: 5, " + WAIT, "`holds` means nothing here. Did you mean `hold_s`?"),
        ("id: x_y, measure: service_level_15s, threshold: 101", "100 percent at most"),
        ("id: x_y, clears_at: 60, " + SHARE, "x_y would clear below its threshold"),
        ("id: x_y, clears_at: 61, " + WAIT, "x_y would clear above its threshold"),
        ("id: x_y, clears_at: 1, " + NOBODY, "x_y clears when somebody is ready"),
        ("id: x_y, least_calls: 9, " + WAIT, "remove it from x_y"),
        ("id: x_y, lines: [youth], " + WAIT, "line youth is not in lines.yaml"),
        ("id: first, " + WAIT, "the rule first stands here a second time"),
    ],
)
def test_what_is_wrong_is_told_by_file_and_line_in_both_languages(
    tmp_path: Path, rule: str, told: str
) -> None:
    folder = written(tmp_path, "id: first, " + WAIT, rule)

    with pytest.raises(ConfigError) as refused:
        load_alert_rules(folder, LINES)

    place, said = refused.value.public.splitlines()[0].split(": ", 1)
    assert place == f"{ALERTS}:3"
    assert told in said
    assert fault_in_words(said) != said


def test_without_a_file_the_rules_that_are_shipped_hold(tmp_path: Path) -> None:
    assert load_alert_rules(tmp_path, LINES) == default_alert_rules()


@pytest.mark.anyio
async def test_other_rules_are_in_force_when_they_are_applied(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    folder = written(copied(tmp_path), "id: mine, " + WAIT)

    async with database.work() as work:
        told = await apply_folder(work, folder, at=clock.now())
        [rule] = (await alert_rules_in_force(work)).rules

    assert rule.id == "mine"
    assert any(one.startswith("alerts ") for one in told)
