"""`hotline up`: every process of an installation on one machine, with a real carrier."""

from collections.abc import Callable

from hotline.onemachine.fleet import (
    add_the_rest,
    add_web,
    bound_socket,
    fleet,
    prepare_database,
    stop_on_signals,
    wait_until_ready,
)
from hotline.settings import Settings


def run(settings: Settings, say: Callable[[str], None]) -> None:
    """Until Ctrl-C."""
    listener = bound_socket(settings)
    with fleet(settings, {}, say) as ours:
        prepare_database(ours, settings.config)
        add_web(ours, listener, settings)
        add_the_rest(ours)
        wait_until_ready(settings, "/healthz", ours)
        say(f"Hotline is up: {settings.base_url}")
        ours.look_after_children(stop_on_signals())
