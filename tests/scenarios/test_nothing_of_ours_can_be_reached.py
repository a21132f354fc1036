"""All of our servers are down: a static document elsewhere leads callers to the duty phone."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.carrier import Handset
from tests.harness.elsewhere import hosted_elsewhere
from tests.harness.house import ROOT
from tests.harness.opening import numbers_of_the_house
from tests.harness.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario, pytest.mark.real_budgets]

CHILD, DUTY_PHONE, DANGER = "15400000001", "02000000010", "1 1 0"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What is copied to the other host."""
    return tmp_path / "elsewhere"


@pytest.fixture
def elsewhere(folder: Path) -> Iterator[str]:
    """Its address."""
    folder.mkdir()
    with hosted_elsewhere(folder) as address:
        yield address


def write_documents(scene: Scene, folder: Path) -> None:
    """As somebody does it by hand."""
    argv = [sys.executable, "-m", "hotline", "fallback", str(folder)]
    env = {**os.environ, **scene.house.env}
    subprocess.run(argv, env=env, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 – our own


async def dials_in_the_dark(scene: Scene, folder: Path, elsewhere: str) -> tuple[Handset, Handset]:
    """Nothing of ours answers: the duty phone, and a child who dials."""
    write_documents(scene, folder)
    await scene.carrier.reset(with_fallback(scene, f"{elsewhere}/youth-12355.xml"))
    scene.house.goes_dark()
    child = scene.handset(CHILD)
    await child.dials("12355")
    return scene.handset(DUTY_PHONE), child


async def test_a_child_hears_the_numbers_for_danger_and_reaches_the_duty_phone(
    scene: Scene, folder: Path, elsewhere: str
) -> None:
    duty_phone, child = await dials_in_the_dark(scene, folder, elsewhere)

    await child.hears(DANGER)
    await child.hears("打电话给值班的人")
    await scene.carrier.passes(10)
    await duty_phone.rings(by="outbound-dial")
    await duty_phone.answers()
    await child.is_talking_to_somebody()
    await scene.passes(120)
    await child.hangs_up()
    scene.house.comes_back()
    await scene.house.is_up()
    await scene.passes(120)
    await scene.ends(CHILD, "duty_phone")


async def test_where_the_duty_phone_is_silent_the_next_one_rings_and_nobody_is_cut_off(
    scene: Scene, folder: Path, elsewhere: str
) -> None:
    duty_phone, _ = await dials_in_the_dark(scene, folder, elsewhere)
    await scene.carrier.passes(40)
    await duty_phone.rings(by="outbound-dial")
    await scene.carrier.passes(120)

    assert await scene.carrier.dialled(DUTY_PHONE) >= 1
    assert not await scene.carrier.ended(CHILD)


def with_fallback(scene: Scene, url: str) -> dict[str, dict[str, str]]:
    """The numbers as they are set up at the carrier, with the document that stands elsewhere."""
    numbers = numbers_of_the_house(scene.house.env["HOTLINE_PUBLIC_URL"])
    return {
        number: urls | {"fallback_url": url, "fallback_method": "GET"}
        for number, urls in numbers.items()
    }
