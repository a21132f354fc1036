"""The secret by which a station's own system knows that it is us. Shown once, kept sealed."""

import secrets

from sqlmodel import col, select

from hotline.errors import NotFound
from hotline.storage.sealed import open_cell, seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import StationContact
from hotline.storage.vault import Vault

SECRET_BYTES = 32


def webhook_secret_of(vault: Vault, contact: StationContact) -> str:
    """What their system checks our words with; empty where it has none."""
    if not contact.webhook_secret_sealed:
        return ""
    return open_cell(vault, contact, "webhook_secret_sealed")


async def make_webhook_secret(work: Work, vault: Vault, station: str, number: int) -> str:
    """A new one for the contact of this number, counted from 1. The old one signs nothing any more.

    Raises `NotFound`.
    """
    query = select(StationContact).where(
        StationContact.station_id == station,
        StationContact.rank == number - 1,
        col(StationContact.active),
    )
    contact = (await work.exec(query)).first()
    if contact is None:
        raise NotFound(f"There is no contact {number} of a station {station}.")
    if not contact.webhook_url:
        raise NotFound(f"Contact {number} of station {station} has no `webhook_url`.")
    secret = secrets.token_urlsafe(SECRET_BYTES)
    contact.webhook_secret_sealed = seal_cell(vault, contact, "webhook_secret_sealed", secret)
    return secret
