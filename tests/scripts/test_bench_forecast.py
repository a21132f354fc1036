"""That calls are forecast better than by last week's is held on every change, on fixed seeds."""

import subprocess
import sys
from pathlib import Path

from bench_forecast import LAST_WEEK, OURS, Errors, missed

BENCH = Path(__file__).parents[2] / "scripts" / "bench_forecast.py"


def test_held_out_weeks_are_forecast_better_than_by_last_weeks_calls() -> None:
    argv = [sys.executable, str(BENCH), "--quick"]

    done = subprocess.run(argv, capture_output=True, text=True, check=False)  # noqa: S603 – ours

    assert done.returncode == 0, done.stdout + done.stderr
    assert "busy, 1,706 a day" in done.stdout


def test_a_figure_that_is_no_better_than_last_weeks_is_named() -> None:
    bar = Errors(wape=0.5, wape_of_days=0.2, pinball=0.2)
    worse = Errors(wape=0.4, wape_of_days=0.2, pinball=0.1)

    assert missed({"a line": {LAST_WEEK: bar, OURS: worse}}) == ["a line: wape_of_days"]
