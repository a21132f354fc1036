"""`hotline demo`: every process beside a simulated carrier, seeded, on loopback only."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hotline.clock import SystemClock
from hotline.onemachine.fleet import (
    Fleet,
    add_the_rest,
    add_web,
    bound_socket,
    fleet,
    free_address,
    prepare_database,
    stop_on_signals,
    wait_until_ready,
)
from hotline.settings import SIMULATED_TOKEN, Settings, refuse_open_doors
from hotline.staff.training import PASSWORD

CONFIG = Path(__file__).parents[2] / "deploy" / "guangdong"
DATA = Path(".data/demo")
ACCOUNT, TOKEN = "AC" + "12355".zfill(32), SIMULATED_TOKEN
NUMBERS = ("12355", "12356", "12338", "12348", "12349", "02000000040", "02012355", "02000000050")
DRILL_NUMBER, WATCH_SENDER = "02000000990", "02000000991"
CAST = ("chen", "zhang", "wong", "fang", "mei", "deng", "luo")  # somebody of each line

WELCOME = """
  Open  {url}/demo    phone, desk, floor and station side by side

        {url}/        the console: li, chen, zhang, wong (counselors), he (supervisor),
                      tianhe (station), admin; the password of each is {password}
        {phone}   a phone: dial 12355, 12356, 12338, 12348, 12349 or 02000000040

  Data and logs: {data}. Ctrl-C stops everything.
"""


def run(settings: Settings, say: Callable[[str], None]) -> None:
    """Until Ctrl-C."""
    settings = settings.model_copy(update={"data_dir": _data(settings), "demo": True})
    refuse_open_doors(settings)
    carrier = free_address()
    listener = bound_socket(settings)
    stop = stop_on_signals()
    with fleet(settings, _environment(settings, carrier), say) as ours:
        say("preparing the database")
        prepare_database(ours, CONFIG)
        say("starting our processes and the carrier")
        add_web(ours, listener, settings)
        ours.add("simulator", "hotline.simulator")
        wait_until_ready(settings, "/login", ours)
        add_the_rest(ours)
        _welcome(settings, carrier, ours, say)
        ours.look_after_children(stop)


def _data(settings: Settings) -> Path:
    return (
        DATA
        if settings.data_dir == Settings.model_fields["data_dir"].default
        else (settings.data_dir)
    )


def _environment(settings: Settings, carrier: str) -> dict[str, str]:
    """The public contract and the simulator's own variables: all that either knows."""
    url = settings.base_url
    announced: dict[str, Any] = {
        "voice_url": f"{url}/voice/incoming",
        "status_callback": f"{url}/voice/status",
        "fallback_url": f"{url}/voice/fallback",
        "sms_url": f"{url}/texts/incoming",
    }
    quiet: dict[
        str, Any
    ] = {  # nobody but ourselves dials the one; whoever calls the other back reaches the line
        DRILL_NUMBER: {"voice_url": f"{url}/voice/drill", "listed": False},
        WATCH_SENDER: {**announced, "listed": False},
    }
    return {
        "HOTLINE_BIND": settings.bind,
        "HOTLINE_PUBLIC_URL": url,
        "HOTLINE_TWILIO_ACCOUNT_SID": ACCOUNT,
        "HOTLINE_TWILIO_AUTH_TOKEN": TOKEN,
        "HOTLINE_TWILIO_API_URL": f"http://{carrier}",
        "HOTLINE_SIMULATOR_URL": f"http://{carrier}",
        "HOTLINE_CONFIG": str(CONFIG),
        "HOTLINE_DEMO": "true",
        "SIMULATOR_BIND": carrier,
        "SIMULATOR_ACCOUNT_SID": ACCOUNT,
        "SIMULATOR_AUTH_TOKEN": TOKEN,
        "SIMULATOR_NUMBERS": json.dumps(dict.fromkeys(NUMBERS, announced) | quiet),
        "HOTLINE_DRILL_NUMBER": DRILL_NUMBER,
        "HOTLINE_WATCH_SENDER": WATCH_SENDER,
        "SIMULATOR_APPLICATION_URL": url,
        "SIMULATOR_CAST": json.dumps(dict.fromkeys(CAST, PASSWORD)),
    }


def _welcome(settings: Settings, carrier: str, ours: Fleet, say: Callable[[str], None]) -> None:
    started = os.environ.get("HOTLINE_STARTED_AT")
    if started:
        now = SystemClock().now().timestamp()
        say(f"first page after {now - float(started):.1f} s")
    phone = f"http://{carrier}/phone"
    told = {"url": settings.base_url, "phone": phone, "data": ours.data, "password": PASSWORD}
    say(WELCOME.format(**told))
