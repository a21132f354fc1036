"""Browsers of people that are told at once: switched on by themselves, one by one, and ended.

Where one leads to is as secret as a number: whoever has it can make a telephone ring.
"""

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import ColumnElement
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select, update

from hotline.errors import Invalid
from hotline.storage.sealed import open_cell, place_in, seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import Delivery, PushSubscription, Staff, StationContact
from hotline.storage.tables.columns import new_id
from hotline.storage.vault import Vault

MOST_DEVICES = 5  # of one person: the oldest gives way
AUTH_BYTES = 16
NO_BROWSER = "This is no address of a browser's push service: switch it off and on again."


@dataclass(frozen=True, slots=True)
class Device:
    """A browser: its address at its push service, and the keys that it alone can open with."""

    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)


def checked_device(device: Device) -> Device:
    """Raises `Invalid` for what nothing could ever be sent to."""
    try:
        parts = urlsplit(device.endpoint)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _raw(device.p256dh))
        usable = len(_raw(device.auth)) == AUTH_BYTES and parts.port != 0
    except ValueError as fault:
        raise Invalid(NO_BROWSER) from fault
    local = parts.scheme == "http" and parts.hostname == "127.0.0.1"  # the sender judges it again
    if not usable or not parts.hostname or not (parts.scheme == "https" or local):
        raise Invalid(NO_BROWSER)
    return device


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


async def subscribe(
    work: Work, vault: Vault, staff_id: str, device: Device, *, key_id: str, at: datetime
) -> str:
    """From now on this browser is told, as this person's and nobody else's. Its id."""
    row_id, index = new_id(), vault.index(device.endpoint)
    place = place_in(PushSubscription, "address_sealed", id=row_id)
    values = {
        "id": row_id,
        "staff_id": staff_id,
        "address_index": index,
        "address_sealed": vault.seal(_written(device), place=place),
        "key_id": key_id,
        "created_at": at,
    }
    adding = insert(PushSubscription).values(values)
    adding = adding.on_conflict_do_nothing(index_elements=["address_index"])
    made = (await work.exec(adding.returning(col(PushSubscription.id)))).scalar_one_or_none()
    if made is None:
        row_id = await _renew(work, vault, index, device, {**values, "ended_at": None})
    await _end_oldest(work, staff_id, at=at)
    return row_id


async def _renew(
    work: Work, vault: Vault, index: str, device: Device, values: dict[str, object]
) -> str:
    query = select(PushSubscription).where(PushSubscription.address_index == index)
    held = query.with_for_update().execution_options(populate_existing=True)
    row = (await work.exec(held)).one()
    for name in ("staff_id", "key_id", "created_at", "ended_at"):
        setattr(row, name, values[name])
    row.address_sealed = seal_cell(vault, row, "address_sealed", _written(device))
    return row.id


async def _end_oldest(work: Work, staff_id: str, *, at: datetime) -> None:
    await work.flush()
    query = select(PushSubscription.id).where(PushSubscription.staff_id == staff_id, _is_live())
    newest = query.order_by(col(PushSubscription.created_at).desc(), col(PushSubscription.id))
    for old in (await work.exec(newest)).all()[MOST_DEVICES:]:
        await end_subscription(work, old, at=at)


async def unsubscribe(
    work: Work, vault: Vault, staff_id: str, endpoint: str, *, at: datetime
) -> None:
    """This browser is not told any more. Not told before: fine."""
    query = select(PushSubscription.id).where(
        PushSubscription.address_index == vault.index(endpoint),
        PushSubscription.staff_id == staff_id,
    )
    for row_id in (await work.exec(query)).all():
        await end_subscription(work, row_id, at=at)


async def end_subscription(work: Work, row_id: str, *, at: datetime) -> None:
    """Nobody is told there any more; where it led is forgotten."""
    ending = update(PushSubscription).where(col(PushSubscription.id) == row_id, _is_live())
    ending = ending.values(ended_at=at, address_sealed="")
    await work.exec(ending.execution_options(synchronize_session=False))


async def devices_of(work: Work, staff_id: str) -> int:
    """How many browsers of somebody are told."""
    query = select(PushSubscription.id).where(PushSubscription.staff_id == staff_id, _is_live())
    return len((await work.exec(query)).all())


async def live_devices(work: Work, username: str) -> list[str]:
    """The browsers of an account that is not switched off, by id."""
    if not username:
        return []
    query = (
        select(PushSubscription.id)
        .join(Staff, col(Staff.id) == col(PushSubscription.staff_id))
        .where(Staff.username == username, col(Staff.active), _is_live())
        .order_by(col(PushSubscription.created_at), col(PushSubscription.id))
    )
    return list((await work.exec(query)).all())


def leads_to_live_device() -> ColumnElement[bool]:
    """Of a delivery and its contact: the browser is still told, and still this contact's."""
    return (
        select(PushSubscription.id)
        .join(Staff, col(Staff.id) == col(PushSubscription.staff_id))
        .where(col(PushSubscription.id) == col(Delivery.address), _is_live(), col(Staff.active))
        .where(col(Staff.username) == col(StationContact.account))
        .correlate(Delivery, StationContact)
        .exists()
    )


async def open_device(work: Work, vault: Vault, row_id: str) -> tuple[Device, str] | None:
    """Where it leads, and by which of our keys it knows us. None: nobody is told there."""
    row = await work.get(PushSubscription, row_id)
    if row is None or row.ended_at is not None:
        return None
    return Device(**json.loads(open_cell(vault, row, "address_sealed"))), row.key_id


def _is_live() -> ColumnElement[bool]:
    return col(PushSubscription.ended_at).is_(None)


def _written(device: Device) -> str:
    parts = {"endpoint": device.endpoint, "p256dh": device.p256dh, "auth": device.auth}
    return json.dumps(parts)
