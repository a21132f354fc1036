"""The one place where adapters are built and joined."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from hotline.clock import SystemClock, WatchedClock
from hotline.deliveries.dispatcher import Dispatcher
from hotline.deliveries.sending import Askers, Sender
from hotline.deliveries.tick_loop import TickLoop, Watch
from hotline.errors import SettingsError
from hotline.escalations.deadlines import Deadlines
from hotline.escalations.progress import PURPOSE as ESCALATION
from hotline.escalations.station_call import StationCalls
from hotline.jobs.rq_queue import RqQueue
from hotline.jobs.worker_process import work_for_ever
from hotline.ports import Clock
from hotline.settings import Settings
from hotline.storage.clocks import watch_clock
from hotline.storage.opening import serving_database
from hotline.storage.session import Database
from hotline.storage.vault import Vault
from hotline.supervision import keep_running, leave_alone_what_is_loaded, tell_supervisor
from hotline.switchboard.process import Switchboard
from hotline.telephony.carrier_client import TwilioCarrier
from hotline.web.deps import Backend

PAGES_POOL, VOICE_POOL = 6, 10  # and as many again in a rush


def backend_of_settings(settings: Settings, *, clock: Clock | None = None) -> Backend:
    """What the web process needs."""
    if not settings.carrier_tokens:
        raise SettingsError(
            "HOTLINE_TWILIO_ACCOUNT_SID and HOTLINE_TWILIO_AUTH_TOKEN are not set:"
            " no webhook could be told from a forged one."
        )
    return Backend(
        settings=settings,
        database=serving_database(settings, pool_size=PAGES_POOL),
        voice_database=serving_database(settings, pool_size=VOICE_POOL),
        vault=Vault(settings.encryption_keys, index_secret=settings.secret_key),
        clock=watched(clock),
    )


def watched(clock: Clock | None) -> WatchedClock:
    """The system's clock where none is given; when it is set back, that is noticed."""
    return WatchedClock((clock or SystemClock()).now)


def carrier_of(settings: Settings, *, clock: Clock) -> TwilioCarrier:
    """The telephone company of the settings."""
    if not settings.twilio_account_sid:
        raise SettingsError(
            "HOTLINE_TWILIO_ACCOUNT_SID and HOTLINE_TWILIO_AUTH_TOKEN are not set:"
            " without them no call can be made."
        )
    return TwilioCarrier(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token,
        api_url=settings.twilio_api_url,
        clock=clock,
    )


def sender_of(
    settings: Settings, database: Database, carrier: TwilioCarrier, *, clock: Clock
) -> Sender:
    """Sends the deliveries of everybody who asks for any."""
    askers = Askers(by_purpose={ESCALATION: StationCalls()}, base_url=settings.base_url)
    return Sender(database=database, carrier=carrier, clock=clock, askers=askers)


async def run_switchboard(settings: Settings, *, clock: Clock | None = None) -> None:
    """The switchboard's process: brings people together, and presses on whatever is due."""
    clock = watched(clock)
    database, carrier = serving_database(settings), carrier_of(settings, clock=clock)
    carrier.warm_up()
    switchboard = Switchboard(
        database=database, carrier=carrier, clock=clock, base_url=settings.base_url
    )
    dispatcher = Dispatcher(
        database=database,
        sender=sender_of(settings, database, carrier, clock=clock),
        jobs=RqQueue(settings.redis_url or ""),
        clock=clock,
    )
    loop = loop_over(dispatcher, database=database, clock=clock)
    watch = partial(watch_clock, database, clock)
    leave_alone_what_is_loaded()
    await run_parts({"switchboard": switchboard.run, "dispatcher": loop.run, "clock": watch})
    await dispatcher.stop()
    await carrier.aclose()
    await database.close()


async def run_parts(parts: Mapping[str, Callable[[], Awaitable[None]]]) -> None:
    """Keep the parts of a process running until SIGINT or SIGTERM."""
    everything = asyncio.create_task(_keep_all_running(parts))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, everything.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await everything


async def _keep_all_running(parts: Mapping[str, Callable[[], Awaitable[None]]]) -> None:
    async with asyncio.TaskGroup() as group:
        for name, part in parts.items():
            group.create_task(keep_running(name, part))
        tell_supervisor("READY=1")


def loop_over(dispatcher: Dispatcher, *, database: Database, clock: Clock) -> TickLoop:
    """Deadlines first: what they bring about is handed out in the same look."""
    deadlines = Deadlines(database=database, clock=clock)
    watch = Watch(
        looks={"deadlines": deadlines.tick, "deliveries": dispatcher.tick},
        topics=("escalation", "delivery"),
    )
    return TickLoop(database=database, clock=clock, watch=watch)


def run_worker(settings: Settings, *, clock: Clock | None = None) -> None:
    """The worker's process: jobs that the others ask for."""
    if not settings.redis_url:
        raise SettingsError("HOTLINE_REDIS_URL is not set: a worker has nowhere to listen.")
    clock = watched(clock)

    def make_deliverer() -> Sender:
        database = serving_database(settings, breaks=False)
        carrier = carrier_of(settings, clock=clock)
        return sender_of(settings, database, carrier, clock=clock)

    work_for_ever(settings.redis_url, make_deliverer)
