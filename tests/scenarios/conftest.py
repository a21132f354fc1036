"""A scene for each story: a simulated carrier, a house, a clock. All over the wire."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from hotline.carrier.webhooks import LIMIT_S
from hotline.onemachine import Running, start_postgres, start_valkey
from tests.harness.carrier import start_carrier
from tests.harness.chaos import seed
from tests.harness.crash_points import CRASH_AT
from tests.harness.opening import KeptHouse, Surroundings, free_port, opened_scene
from tests.harness.prepare import prepared_template
from tests.harness.scene import SID, TOKEN, Scene

START_LIMIT_S = 60.0


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One PostgreSQL for all stories of this process, with a seeded template."""
    running = start_postgres(tmp_path_factory.mktemp("postgres") / "data", durable=False)
    prepared_template(running.url)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One Valkey for all stories that do not kill it."""
    running = start_valkey(tmp_path_factory.mktemp("valkey") / "data")
    yield running
    running.stop()


@contextmanager
def running_carrier(log: Path, *, limit_s: float = LIMIT_S) -> Iterator[str]:
    """A simulator, at this address."""
    bind = f"127.0.0.1:{free_port()}"
    process = start_carrier(bind, SID, TOKEN, log, limit_s=limit_s)
    with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:
        client.get(f"http://{bind}/healthz")
    yield f"http://{bind}"
    process.terminate()
    process.wait(timeout=10)


@pytest.fixture(scope="session")
def carrier_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The simulator of the kept house, one process for all stories.

    It waits as long as a house takes to start on a busy machine.
    """
    log = tmp_path_factory.mktemp("carrier") / "log"
    with running_carrier(log, limit_s=START_LIMIT_S) as url:
        yield url


@pytest.fixture(scope="session")
def carrier_apart_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The simulator of all other houses.

    The kept house goes on beside them: it takes up every call of its account that it does not know.
    """
    with running_carrier(tmp_path_factory.mktemp("carrier_apart") / "log") as url:
        yield url


@pytest.fixture(scope="session")
def patient_carrier_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The simulator of houses of their own in which a process is killed and started again."""
    log = tmp_path_factory.mktemp("patient_carrier") / "log"
    with running_carrier(log, limit_s=START_LIMIT_S) as url:
        yield url


@pytest.fixture(scope="session")
def kept_house(
    postgres: Running, valkey: Running, carrier_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[KeptHouse]:
    """For all stories that leave its processes alone."""
    around = Surroundings(postgres, valkey.url, carrier_url)
    kept = KeptHouse(around, lambda: tmp_path_factory.mktemp("house"))
    yield kept
    kept.end()


@pytest.fixture
async def scene(
    request: pytest.FixtureRequest, kept_house: KeptHouse, carrier_apart_url: str, tmp_path: Path
) -> AsyncIterator[Scene]:
    """A carrier and a house that know each other only by their environment."""
    if request.node.get_closest_marker("real_budgets") is None:
        async with kept_house.scene() as scene:
            yield scene
    else:
        apart = replace(kept_house.around, carrier_url=carrier_apart_url, patient=False)
        async with opened_scene(apart, tmp_path) as scene:
            yield scene


@pytest.fixture
async def scene_with_own_redis(
    postgres: Running, carrier_apart_url: str, tmp_path: Path
) -> AsyncIterator[Scene]:
    """The same, with a Redis that may be killed, and a worker."""
    data = tmp_path / "valkey"
    own = start_valkey(data)
    port = int(own.url.rpartition(":")[2].partition("/")[0])
    async with opened_scene(Surroundings(postgres, own.url, carrier_apart_url), tmp_path) as scene:
        scene.redis, scene.restart_redis = own, lambda: start_valkey(data, port=port)
        scene.house.start("worker")
        yield scene
        scene.redis.stop()


@pytest.fixture
async def doomed(
    request: pytest.FixtureRequest, kept_house: KeptHouse, patient_carrier_url: str, tmp_path: Path
) -> AsyncIterator[Scene]:
    """A house whose process kills itself at a point of `crash_points`: the fixture's parameter."""
    apart = replace(kept_house.around, carrier_url=patient_carrier_url)
    async with opened_scene(apart, tmp_path, {CRASH_AT: request.param}) as scene:
        yield scene


@pytest.fixture
async def doomed_with_worker(
    request: pytest.FixtureRequest, postgres: Running, patient_carrier_url: str, tmp_path: Path
) -> AsyncIterator[Scene]:
    """The same, with a queue and a worker, which may be the one who comes by the point."""
    own = start_valkey(tmp_path / "valkey")
    around = Surroundings(postgres, own.url, patient_carrier_url)
    async with opened_scene(around, tmp_path, {CRASH_AT: request.param}) as scene:
        scene.house.start("worker")
        yield scene
    own.stop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The chance in it is always said: a failed run can be made again."""
    terminalreporter.write_line(f"chaos: CHAOS_SEED={seed()}")
