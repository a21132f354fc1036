"""The one place where adapters are built and joined."""

from hotline.clock import SystemClock
from hotline.errors import SettingsError
from hotline.escalations.dispatcher import Dispatcher
from hotline.jobs.rq_queue import RqQueue
from hotline.ports import Clock
from hotline.settings import Settings
from hotline.storage.session import Database
from hotline.storage.vault import Vault
from hotline.switchboard.process import Switchboard
from hotline.telephony.carrier_client import TwilioCarrier
from hotline.web.house import House


def database_of(settings: Settings) -> Database:
    """The database of the settings. Raises `SettingsError` where none is named."""
    if not settings.database_url:
        raise SettingsError(
            "HOTLINE_DATABASE_URL is not set. Set it, or start everything with `hotline up`,"
            " which brings a PostgreSQL of its own."
        )
    return Database(settings.database_url)


def house_of_settings(settings: Settings, *, clock: Clock | None = None) -> House:
    """What the web process needs."""
    return House(
        settings=settings,
        database=database_of(settings),
        vault=Vault(settings.encryption_keys),
        clock=clock or SystemClock(),
    )


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


def switchboard_of(settings: Settings, *, clock: Clock | None = None) -> Switchboard:
    """What the switchboard process runs."""
    clock = clock or SystemClock()
    return Switchboard(
        database=database_of(settings),
        carrier=carrier_of(settings, clock=clock),
        clock=clock,
        base_url=settings.base_url,
    )


def dispatcher_of(settings: Settings, *, clock: Clock | None = None) -> Dispatcher:
    """What presses every open escalation on, in the switchboard's and the worker's process."""
    clock = clock or SystemClock()
    return Dispatcher(
        database=database_of(settings),
        carrier=carrier_of(settings, clock=clock),
        jobs=RqQueue(settings.redis_url or ""),
        clock=clock,
        base_url=settings.base_url,
    )
