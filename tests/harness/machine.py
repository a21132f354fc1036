"""`hotline up` as an operator starts it: one machine, its own servers, a real carrier's address."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.harness.house import ROOT


@dataclass
class Machine:
    """The supervisor, and what it keeps alive below `data`.

    `database_url`: its PostgreSQL, which comes back at its old address when it died.
    """

    data: Path
    process: "subprocess.Popen[str]"
    database_url: str = ""

    def is_held_up(self) -> None:
        """The supervisor looks after nobody until it goes on: so long an outage lasts."""
        self.process.send_signal(signal.SIGSTOP)

    def goes_on(self) -> None:
        """It looks after everybody again."""
        self.process.send_signal(signal.SIGCONT)

    def loses_postgres(self) -> None:
        """As a crash would."""
        os.kill(int(_pid_file(self.data)[0]), signal.SIGKILL)

    def postgres_answers(self) -> bool:
        """Whether somebody could work with it now."""
        try:
            psycopg.connect(self.database_url.replace("+psycopg", ""), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def log(self) -> str:
        """What the supervisor said."""
        return (self.data.parent / "up.log").read_text(errors="replace")

    def stop(self) -> None:
        """In order, as Ctrl-C does."""
        self.goes_on()
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=60)


def start_machine(data: Path, env: dict[str, str]) -> Machine:
    """Start, and wait until it says that it is up."""
    argv = [sys.executable, "-u", "-m", "hotline", "up"]
    with (data.parent / "up.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 – our own program
            argv,
            env={**os.environ, **env, "HOTLINE_DATA_DIR": str(data)},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    machine = Machine(data, process)
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if "is up" in line:
            machine.database_url = _database_url(data)
            return machine
    process.communicate(timeout=60)
    raise AssertionError(f"it did not come up\n{said}{machine.log()}")


def _database_url(data: Path) -> str:
    password, port = (data / "postgres/password").read_text().strip(), _pid_file(data)[3]
    return f"postgresql+psycopg://hotline:{password}@127.0.0.1:{port}/hotline"


def _pid_file(data: Path) -> list[str]:
    """Only of a PostgreSQL that runs: the file is gone for a moment when it is started again."""
    return (data / "postgres/cluster/postmaster.pid").read_text().splitlines()
