"""The one place where adapters are built and joined."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import MappingProxyType

import structlog
from sqlalchemy.exc import SQLAlchemyError

from hotline.audit.chain import audit_keys_of
from hotline.audit.sealing import AuditRules, AuditSealer
from hotline.bootstrap_sending import sender_of
from hotline.callcontrol.carrier_account import CarrierAccount
from hotline.callcontrol.found_calls import FoundCalls
from hotline.clock import SystemClock, WatchedClock
from hotline.deliveries.dispatcher import Dispatcher
from hotline.deliveries.sending import Sender
from hotline.deliveries.stopping import PhoneStopper
from hotline.deliveries.tick_loop import Look, TickLoop, Watch
from hotline.errors import DatabaseAway, SettingsError
from hotline.escalations.deadlines import Deadlines
from hotline.escalations.dropped import DroppedLook
from hotline.escalations.rescue import RescueLook
from hotline.escalations.supervisors import SupervisorLook
from hotline.fieldwork.erasing import FileEraser
from hotline.fieldwork.shelf import Shelf
from hotline.fieldwork.shift_look import ShiftLook
from hotline.incidents.marks import AwayMark
from hotline.incidents.watch import IncidentWatch
from hotline.jobs.rq_queue import RqQueue, redis_answers
from hotline.jobs.worker_process import work_for_ever
from hotline.lines.fallback_documents import FallbackWriter
from hotline.lines.known import KnownLines
from hotline.lines.known_file import KnownLinesFile
from hotline.messages.search import MessageSearch
from hotline.ports import Clock
from hotline.prompts.known import prompts_of
from hotline.recordings.collector import Collector
from hotline.recordings.keeping import Keeper
from hotline.recordings.reconciler import Reconciler
from hotline.recordings.service import TOPIC as RECORDING
from hotline.referrals.late import ReferralLook
from hotline.reminders.shifts import ShiftReminders
from hotline.reports.mails import ReportMailLook
from hotline.rights.retention import RetentionLook
from hotline.settings import Settings
from hotline.staff.provider import Provider
from hotline.statutory.deadlines import ReportLook
from hotline.storage.clocks import watch_clock
from hotline.storage.needed_keys import require_keys
from hotline.storage.opening import database_of, serving_database, vault_of
from hotline.storage.session import Database
from hotline.supervision import keep_running, leave_alone_what_is_loaded, tell_supervisor
from hotline.switchboard.process import Switchboard
from hotline.telephony.carrier_client import TwilioCarrier
from hotline.telephony.listed_numbers import whose_number
from hotline.telephony.recordings import TwilioRecordings
from hotline.texting.dispatcher import TextDispatcher
from hotline.texting.sending import TextSender
from hotline.web.deps import Backend
from hotline.web.pages.provider import BACK
from hotline.web.spool import Spool
from hotline.web.unstored import Unstored

log = structlog.get_logger()

LOOK_AT_KEYS_S = 5.0
PAGES_POOL, VOICE_POOL = 6, 10  # and as many again in a rush


def backend_of_settings(settings: Settings, *, clock: Clock | None = None) -> Backend:
    """What the web process needs."""
    if not settings.carrier_tokens:
        raise SettingsError(
            "HOTLINE_TWILIO_ACCOUNT_SID and HOTLINE_TWILIO_AUTH_TOKEN are not set:"
            " no webhook could be told from a forged one."
        )
    vault = vault_of(settings)
    clock, database = watched(clock), serving_database(settings, pool_size=PAGES_POOL)
    return Backend(
        settings=settings,
        database=database,
        voice_database=serving_database(settings, pool_size=VOICE_POOL),
        vault=vault,
        clock=clock,
        prompts=prompts_of(settings),
        lines=KnownLines(KnownLinesFile(settings.data_dir / "known_lines", vault)),
        unstored=Unstored(Spool(settings.spool_folder, vault)),
        incidents=_incident_watch(settings, database, clock),
        provider=provider_of(settings, clock=clock),
    )


def provider_of(settings: Settings, *, clock: Clock) -> Provider | None:
    """The identity provider of the settings, which sends people back to one page of ours."""
    if not settings.has_provider:
        return None
    return Provider(settings, f"{settings.base_url}{BACK}", clock)


def _incident_watch(settings: Settings, database: Database, clock: Clock) -> IncidentWatch:
    return IncidentWatch(
        database=database,
        clock=clock,
        mark=AwayMark(settings.spool_folder),
        redis=partial(redis_answers, settings.redis_url) if settings.redis_url else None,
    )


async def look_at_keys(settings: Settings) -> None:
    """Refuse to start where a key is missing that something is sealed with.

    Where the database cannot be asked, callers come first. Raises `SettingsError`.
    """
    vault, database = vault_of(settings), database_of(settings)
    try:
        async with asyncio.timeout(LOOK_AT_KEYS_S), database.work() as work:
            await require_keys(work, vault, at=SystemClock().now())
    except (DatabaseAway, SQLAlchemyError, OSError) as fault:
        log.warning("keys.not_looked_at", error=type(fault).__name__)
    finally:
        await database.close()


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


def recordings_at_carrier(settings: Settings) -> TwilioRecordings:
    """The telephone company's recordings. Settings without a carrier were refused before."""
    return TwilioRecordings(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token,
        api_url=settings.twilio_api_url,
    )


def keeper_of(
    settings: Settings, database: Database, carrier: TwilioRecordings, *, clock: Clock
) -> Keeper:
    """Fetches recordings into the folder of the settings."""
    return Keeper(
        database=database,
        carrier=carrier,
        clock=clock,
        vault=vault_of(settings),
        folder=settings.recordings_dir,
    )


@dataclass(frozen=True, slots=True)
class Workshop:
    """What the worker's jobs do, by the names of `hotline.jobs.functions`."""

    sender: Sender
    keeper: Keeper

    async def deliver(self, delivery_id: str) -> None:
        """Send one delivery."""
        await self.sender.deliver(delivery_id)

    async def keep_recording(self, recording_id: str) -> None:
        """Bring one recording as far as it goes now."""
        await self.keeper.keep(recording_id)


def _fallback_writer(settings: Settings, database: Database, clock: Clock) -> FallbackWriter:
    return FallbackWriter(
        database=database,
        clock=clock,
        folder=settings.fallback_dir,
        base_url=settings.base_url,
        duty_phone=settings.duty_phone,
    )


def _account_of(
    settings: Settings, database: Database, carrier: TwilioCarrier, clock: Clock
) -> CarrierAccount:
    return CarrierAccount(
        database=database,
        carrier=carrier,
        clock=clock,
        found=FoundCalls(vault_of(settings), whose_number),
        base_url=settings.base_url,
        leaves_out=settings.drill_number,
    )


async def run_switchboard(settings: Settings, *, clock: Clock | None = None) -> None:
    """The switchboard's process: brings people together, and presses on whatever is due."""
    await look_at_keys(settings)
    clock = watched(clock)
    database, carrier = serving_database(settings), carrier_of(settings, clock=clock)
    carrier.warm_up()
    switchboard = _switchboard_of(settings, database, carrier, clock)
    jobs = RqQueue(settings.redis_url or "")
    outward = carrier_of(settings, clock=clock).repeats_nothing()
    sender = sender_of(settings, database, outward, clock=clock)
    dispatcher = Dispatcher(database=database, sender=sender, jobs=jobs, clock=clock)
    recording = recording_of(settings, database, jobs, clock=clock)
    account = _account_of(settings, database, carrier, clock)
    fallback = _fallback_writer(settings, database, clock)
    search = MessageSearch(database=database, carrier=recording.carrier, clock=clock)
    texts = texts_of(settings, database, carrier, clock=clock)
    stopper = PhoneStopper(database=database, carrier=carrier, clock=clock)
    others = {
        "ringing": stopper.tick,
        "audit": sealer_of(settings, database, clock=clock).tick,
        "account": account.tick,
        "fallback": fallback.tick,
        "messages": search.tick,
        "texts": texts.tick,
        "shifts": ShiftLook(database=database, clock=clock).tick,
        "reminders": ShiftReminders(database=database, clock=clock).tick,
        "report_mails": ReportMailLook(database=database, clock=clock).tick,
        "files": eraser_of(settings, database, clock=clock).tick,
        "retention": retention_of(settings, database, clock=clock).tick,
    }
    loop = loop_over(dispatcher, recording, others, database=database, clock=clock)
    watch = partial(watch_clock, database, clock)
    leave_alone_what_is_loaded()
    await run_parts({"switchboard": switchboard.run, "dispatcher": loop.run, "clock": watch})
    for part in (dispatcher, stopper.jobs, search.jobs, recording, texts, account.jobs):
        await part.stop()
    await outward.aclose()
    await carrier.aclose()
    await database.close()


def _switchboard_of(
    settings: Settings, database: Database, carrier: TwilioCarrier, clock: Clock
) -> Switchboard:
    return Switchboard(
        database=database,
        carrier=carrier,
        clock=clock,
        vault=vault_of(settings),
        base_url=settings.base_url,
        duty_phone=settings.duty_phone,
    )


def retention_of(settings: Settings, database: Database, *, clock: Clock) -> RetentionLook:
    """Erases what nothing keeps any longer."""
    kept_days = settings.records_kept_days
    return RetentionLook(database=database, clock=clock, kept_days=kept_days)


def sealer_of(settings: Settings, database: Database, *, clock: Clock) -> AuditSealer:
    """Keeps the audit's chain."""
    head_dir = settings.audit_head_dir
    rules = AuditRules(
        kept_for=timedelta(days=settings.audit_kept_days),
        head_dir=None if head_dir == Path() else head_dir,  # an empty value names nothing
    )
    keys = audit_keys_of(settings)
    return AuditSealer(database=database, clock=clock, keys=keys, rules=rules)


def texts_of(
    settings: Settings, database: Database, carrier: TwilioCarrier, *, clock: Clock
) -> TextDispatcher:
    """Sends text messages, in the loop of the process that asks the carrier."""
    sender = TextSender(
        database=database,
        carrier=carrier,
        clock=clock,
        vault=vault_of(settings),
        base_url=settings.base_url,
    )
    return TextDispatcher(database=database, sender=sender, clock=clock)


def eraser_of(settings: Settings, database: Database, *, clock: Clock) -> FileEraser:
    """Erases files from the field in time."""
    vault = vault_of(settings)
    shelf = Shelf(settings.attachments_dir, vault)
    return FileEraser(database=database, clock=clock, vault=vault, shelf=shelf)


@dataclass(frozen=True, slots=True)
class RecordingParts:
    """What brings recordings about at the carrier, and to us."""

    carrier: TwilioRecordings
    reconciler: Reconciler
    collector: Collector

    async def stop(self) -> None:
        """End what is under way; the rows say how far it came."""
        await self.reconciler.stop()
        await self.collector.stop()
        await self.carrier.aclose()


def recording_of(
    settings: Settings, database: Database, jobs: RqQueue, *, clock: Clock
) -> RecordingParts:
    """For the loop of the process that asks the carrier."""
    carrier = recordings_at_carrier(settings)
    keeper = keeper_of(settings, database, carrier, clock=clock)
    return RecordingParts(
        carrier,
        Reconciler(database=database, carrier=carrier, clock=clock),
        Collector(database=database, keeper=keeper, jobs=jobs, clock=clock),
    )


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


def loop_over(
    dispatcher: Dispatcher,
    recording: RecordingParts | None = None,
    others: Mapping[str, Look] = MappingProxyType({}),
    *,
    database: Database,
    clock: Clock,
) -> TickLoop:
    """Deadlines first: what they bring about is handed out in the same look."""
    deadlines = Deadlines(database=database, clock=clock)
    dropped = DroppedLook(database=database, clock=clock)
    flagged = SupervisorLook(database=database, clock=clock)
    looks = {
        "deadlines": deadlines.tick,
        "dropped": dropped.tick,
        "supervisors": flagged.tick,
        "rescues": RescueLook(database=database, clock=clock).tick,
        "reports": ReportLook(database=database, clock=clock).tick,
        "referrals": ReferralLook(database=database, clock=clock).tick,
        "deliveries": dispatcher.tick,
    }
    if recording is not None:
        looks |= {"recordings": recording.reconciler.tick, "sounds": recording.collector.tick}
    watch = Watch(looks={**looks, **others}, topics=("escalation", "delivery", RECORDING))
    return TickLoop(database=database, clock=clock, watch=watch)


def run_worker(settings: Settings, *, clock: Clock | None = None) -> None:
    """The worker's process: jobs that the others ask for."""
    if not settings.redis_url:
        raise SettingsError("HOTLINE_REDIS_URL is not set: a worker has nowhere to listen.")
    asyncio.run(look_at_keys(settings))
    clock = watched(clock)

    def make_workshop() -> Workshop:
        database = serving_database(settings, breaks=False)
        carrier = carrier_of(settings, clock=clock).repeats_nothing()
        recordings = recordings_at_carrier(settings)
        return Workshop(
            sender_of(settings, database, carrier, clock=clock),
            keeper_of(settings, database, recordings, clock=clock),
        )

    work_for_ever(settings.redis_url, make_workshop)
