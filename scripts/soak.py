"""Hours of chaos: callers, counselors and stations while everything fails that can.

`python3 scripts/soak.py [--hours 8] [--seed 1]` (after `scripts/test.py` has set up the environment
once). Each run has the next seed and lasts ten minutes of the moved clock; what must hold after
each stands in `tests/harness/chaos/promises.py`. Ends with code 1 at the first promise that does
not hold, and prints its seed, which `CHAOS_SEED` gives to the scenario of the same kind.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

try:
    import httpx

    from hotline.onemachine import Running, start_postgres, start_valkey
    from tests.harness.carrier import start_carrier
    from tests.harness.chaos import BrokenPromise, Chaos
    from tests.harness.opening import Surroundings, free_port, opened_scene
    from tests.harness.prepare import prepared_template
    from tests.harness.scene import SID, TOKEN
except ImportError:
    VENV = ROOT / ".venv" / "bin" / "python"
    if not VENV.exists() or Path(sys.prefix) == VENV.parent.parent:
        sys.exit("Run `python3 scripts/test.py lint` once: it sets up the environment.")
    os.execv(VENV, [str(VENV), *sys.argv])  # noqa: S606 – our own interpreter

RUN_S = 600.0


def main() -> int:
    """0 when the time is over and every promise held."""
    asked = argparse.ArgumentParser(description="Chaos until the time is over.")
    asked.add_argument("--hours", type=float, default=8.0)
    asked.add_argument("--seed", type=int, default=1)
    wanted = asked.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)  # PostgreSQL runs as another user when we are root
        return _soak(folder, until=time.monotonic() + wanted.hours * 3600, seed=wanted.seed)


def _soak(folder: Path, *, until: float, seed: int) -> int:
    postgres = start_postgres(folder / "postgres", durable=False)
    valkey = start_valkey(folder / "valkey")
    bind = f"127.0.0.1:{free_port()}"
    carrier = start_carrier(bind, SID, TOKEN, folder / "carrier.log")
    try:
        prepared_template(postgres.url)
        with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:
            client.get(f"http://{bind}/healthz")
        return _runs(folder, postgres, valkey, f"http://{bind}", until=until, seed=seed)
    finally:
        carrier.terminate()
        valkey.stop()
        postgres.stop()


def _runs(
    folder: Path, postgres: Running, valkey: Running, carrier_url: str, *, until: float, seed: int
) -> int:
    held = 0
    while time.monotonic() < until:
        (here := folder / str(seed)).mkdir()
        try:
            asyncio.run(_run(here, postgres, valkey, carrier_url, seed=seed))
        except BrokenPromise as broken:
            print(f"\n{broken}\n{held} runs before it held every promise.")
            return 1
        held, seed = held + 1, seed + 1
        left = max(0.0, until - time.monotonic()) / 60
        print(f"seed {seed - 1} held, {left:.0f} min left", flush=True)
    return 0


async def _run(
    folder: Path, postgres: Running, valkey: Running, carrier_url: str, *, seed: int
) -> None:
    around = Surroundings(postgres, valkey.url, carrier_url, patient=False)
    async with opened_scene(around, folder) as scene:
        await Chaos(scene, seed).run(seconds=RUN_S)


if __name__ == "__main__":
    sys.exit(main())
