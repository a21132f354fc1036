"""What the routing reaches is held on every change: the benchmark's short run, on fixed seeds."""

import os
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parents[3] / "scripts" / "bench_routing.py"


def test_the_routing_keeps_its_targets_and_draws_them(tmp_path: Path) -> None:
    picture = tmp_path / "routing.svg"
    argv = [sys.executable, str(BENCH), "--quick", "--picture", str(picture)]
    # Whether the lines are covered is not asked here: asking makes this run five times as long.
    env = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}

    done = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)  # noqa: S603 – ours

    assert done.returncode == 0, done.stdout + done.stderr
    assert picture.stat().st_size > 0
