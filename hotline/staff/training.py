"""The secrets of the demo: known to everybody, so a real line does not start with them.

`password_chosen` and `pin_chosen` say that a secret was set by a person, or was looked at and is
none of these. Looking takes a quarter of a second for each, so it is done once, with a migration.
"""

from collections.abc import Sequence

from sqlmodel import col, select

from hotline.errors import SettingsError
from hotline.numbers import as_people_dial
from hotline.staff.passwords import hash_password, hash_pin, password_fits, pin_fits
from hotline.storage.session import Work
from hotline.storage.tables import Staff, StationContact

PASSWORD = "hotline-demo"  # noqa: S105 – printed by the demo itself
PINS = {
    "02000000002": "1230",
    "02000000102": "1231",
    "02000000202": "1232",
    "15400000203": "1233",
    "02000000302": "1237",
}
"""By the phone of the contact, as people dial it."""


async def give_training_secrets(work: Work) -> None:
    """For the demo and for tests: whoever has no secret yet gets one that everybody knows."""
    hashed = await hash_password(PASSWORD)
    for person in (await work.exec(select(Staff).where(Staff.password_hash == ""))).all():
        person.password_hash = hashed
    unset = select(StationContact).where(StationContact.pin_hash == "")
    for contact in (await work.exec(unset)).all():
        pin = PINS.get(as_people_dial(contact.phone))
        if pin is not None:
            contact.pin_hash = await hash_pin(pin)


async def look_at_secrets(work: Work) -> None:
    """Mark every secret that is none of the demo's."""
    for person in await _unproven_people(work):
        person.password_chosen = not await password_fits(PASSWORD, person.password_hash)
    for contact in await _unproven_contacts(work):
        fitting = [pin for pin in PINS.values() if await pin_fits(pin, contact.pin_hash)]
        contact.pin_chosen = not fitting


async def refuse_training_secrets(work: Work) -> None:
    """Raises `SettingsError` where a real line would open to what everybody knows."""
    people = [
        f"The account {person.username} has a password of the demo: set another with"
        f" `hotline staff password {person.username}`."
        for person in await _unproven_people(work)
    ]
    contacts = [
        f"Contact {contact.rank + 1} of station {contact.station_id} has a PIN of the demo: set"
        f" another with `hotline stations pin {contact.station_id} {contact.rank + 1}`."
        for contact in await _unproven_contacts(work)
    ]
    if people or contacts:
        raise SettingsError("\n".join([*people, *contacts]))


async def _unproven_people(work: Work) -> Sequence[Staff]:
    query = (
        select(Staff)
        .where(Staff.password_hash != "", col(Staff.active), ~col(Staff.password_chosen))
        .order_by(col(Staff.username))
    )
    return (await work.exec(query)).all()


async def _unproven_contacts(work: Work) -> Sequence[StationContact]:
    query = (
        select(StationContact)
        .where(StationContact.pin_hash != "", col(StationContact.active))
        .where(~col(StationContact.pin_chosen))
        .order_by(col(StationContact.station_id), col(StationContact.rank))
    )
    return (await work.exec(query)).all()
