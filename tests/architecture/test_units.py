"""The units that are shipped: systemd understands them, and they start what there is."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hotline.cli import app
from hotline.settings import Settings

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
COMMAND = "/opt/hotline/.venv/bin/hotline"
PAIRS = ("hotline-web@.service", "hotline-switchboard@.service")
ANALYZE = shutil.which("systemd-analyze")
MOST_EXPOSED = 2.0  # of 10, by systemd's own measure

every_service = pytest.mark.parametrize("unit", SERVICES, ids=lambda file: file.name)


def settings_of(unit: Path, section: str) -> dict[str, str]:
    """The keys of one section; what stands twice is joined."""
    found: dict[str, str] = {}
    here = ""
    for line in unit.read_text("utf-8").splitlines():
        if line.startswith("["):
            here = line.strip("[]")
        elif here == section and "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found[key] = f"{found[key]} {value}" if key in found else value
    return found


@pytest.fixture
def installed(tmp_path: Path) -> list[Path]:
    """Copies whose command is there, as after an installation."""
    program = tmp_path / "hotline"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for unit in UNITS.iterdir():
        (tmp_path / unit.name).write_text(unit.read_text("utf-8").replace(COMMAND, str(program)))
    return [tmp_path / unit.name for unit in UNITS.iterdir()]


def analyze(*words: str | Path) -> str:
    assert ANALYZE is not None
    argv = [ANALYZE, *map(str, words)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)  # noqa: S603 – systemd's own
    return done.stdout + done.stderr


@pytest.mark.skipif(ANALYZE is None, reason="there is no systemd here")
def test_systemd_finds_nothing_to_say_about_the_units(installed: list[Path]) -> None:
    assert analyze("verify", "--man=no", *installed) == ""


@pytest.mark.skipif(ANALYZE is None, reason="there is no systemd here")
def test_systemd_finds_the_services_well_shut_in(installed: list[Path]) -> None:
    services = [unit for unit in installed if unit.suffix == ".service"]
    told = [analyze("security", "--offline=yes", unit) for unit in services]

    exposed = [re.findall(r"exposure level for \S+: ([0-9.]+)", text) for text in told]
    assert [float(level) <= MOST_EXPOSED for (level,) in exposed] == [True] * len(services)


@every_service
def test_a_service_starts_a_command_that_there_is(unit: Path) -> None:
    program, *words = shlex.split(settings_of(unit, "Service")["ExecStart"])

    assert program == COMMAND
    assert CliRunner().invoke(app, [*words, "--help"]).exit_code == 0


@every_service
def test_a_service_that_ends_or_hangs_is_started_again_however_often(unit: Path) -> None:
    service, start = settings_of(unit, "Service"), settings_of(unit, "Unit")

    assert (service["Type"], service["Restart"]) == ("notify", "always")
    assert int(service["WatchdogSec"]) <= 90
    assert start["StartLimitIntervalSec"] == "0"
    assert int(service["LimitNOFILE"]) >= 65536


def test_the_socket_waits_at_the_address_that_is_bound_without_any_setting() -> None:
    socket = settings_of(UNITS / "hotline-web.socket", "Socket")

    assert socket["ListenStream"] == Settings.model_fields["bind"].default
    assert socket["Service"] == "hotline-web@1.service"


def test_both_web_processes_take_turns_at_the_one_socket() -> None:
    unit = UNITS / "hotline-web@.service"

    assert settings_of(unit, "Service")["Sockets"] == "hotline-web.socket"
    assert settings_of(unit, "Unit")["Requires"] == "hotline-web.socket"


def test_what_there_are_two_of_is_a_template() -> None:
    assert {unit.name for unit in SERVICES} >= set(PAIRS)
