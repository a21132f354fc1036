"""The auditor's process: its adapters built and joined, apart from all that it watches."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError

from hotline.bootstrap import carrier_of, run_parts, watched
from hotline.errors import DatabaseAway
from hotline.jobs.rq_queue import redis_answers
from hotline.ports import Clock
from hotline.settings import Settings
from hotline.storage.opening import auditing_database, vault_of
from hotline.storage.session import Database
from hotline.telephony.own_web import OwnWeb
from hotline.watching.auditor import LOOK_EVERY_S as AUDITOR_EVERY_S
from hotline.watching.auditor import Auditor
from hotline.watching.contact_drills import ContactDrills
from hotline.watching.dead_man import DeadMan, OutsideUrl
from hotline.watching.drill import DRILL, DrillPlan, Drills
from hotline.watching.looks import Machine
from hotline.watching.pager import Paged, Pager

log = structlog.get_logger()

LOOK_EVERY_S = 1.0  # at drills, whose steps are timed, and at whatever else has its hour
AWAY = (DatabaseAway, SQLAlchemyError, OSError)


async def run_auditor(
    settings: Settings, *, clock: Clock | None = None, every_s: float = AUDITOR_EVERY_S
) -> None:
    """Watches all others, and rings people past them. Drills have a connection of their own."""
    clock = watched(clock)
    database, for_drills = auditing_database(settings), auditing_database(settings)
    carrier = carrier_of(settings, clock=clock)
    carrier.warm_up()
    drills = Drills(database=for_drills, clock=clock, plan=drill_plan_of(settings))
    paged = Paged(
        phones=settings.watched_by, sender=settings.watch_sender, base_url=settings.base_url
    )
    auditor = Auditor(
        database=database,
        clock=clock,
        machine=machine_of(settings),
        pager=Pager(carrier, paged),
        more=drills.suspects,
    )
    looks = {
        "drill": drills.look,
        **_dead_man(settings, for_drills, clock),
        **_contact_drills(settings, for_drills, clock),
    }
    parts = {name: partial(look_again_and_again, name, look) for name, look in looks.items()}
    await run_parts({"auditor": partial(auditor.run, every_s), **parts})
    await carrier.aclose()
    await database.close()
    await for_drills.close()


async def look_again_and_again(name: str, look: Callable[[], Awaitable[None]]) -> None:
    """Until cancelled. That the database is away is for the auditor to tell.

    Whatever else fails is told by the beat that does not come: it must not take the auditor along.
    """
    while True:
        try:
            await look()
        except AWAY as fault:
            log.warning("watch.look_failed", look=name, error=type(fault).__name__)
        except Exception:  # whatever it is, it is this look's
            log.exception("watch.look_broke", look=name)
        await asyncio.sleep(LOOK_EVERY_S)


def machine_of(settings: Settings) -> Machine:
    """What lies outside the database."""
    return Machine(
        data=settings.data_dir,
        spool=settings.spool_folder,
        redis=partial(redis_answers, settings.redis_url) if settings.redis_url else None,
    )


def drill_plan_of(settings: Settings) -> DrillPlan:
    """The number of ours that is rung, and what our web presses there."""
    web = OwnWeb(
        base_url=settings.base_url,
        account_sid=settings.twilio_account_sid,
        token=settings.twilio_auth_token,
    )
    return DrillPlan(
        number=settings.drill_number,
        sender=settings.watch_sender,
        pin=vault_of(settings).own_pin(DRILL),
        web_answers=partial(web.answers, "/voice/drill"),
    )


def _dead_man(
    settings: Settings, database: Database, clock: Clock
) -> dict[str, Callable[[], Awaitable[None]]]:
    if not settings.dead_man_url:
        return {}
    outside = OutsideUrl(settings.dead_man_url)
    dead_man = DeadMan(
        database=database, clock=clock, ping=outside.ping, every=settings.dead_man_every
    )
    return {"dead_man": dead_man.look}


def _contact_drills(
    settings: Settings, database: Database, clock: Clock
) -> dict[str, Callable[[], Awaitable[None]]]:
    if settings.contact_drill_at is None:
        return {}
    contacts = ContactDrills(
        database=database,
        clock=clock,
        weekly=settings.contact_drill_at,
        sender=settings.watch_sender,
    )
    return {"contact_drills": contacts.look}
