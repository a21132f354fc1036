"""A delivery by mail: taken by our own mail server, which carries it on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime

import aiosmtplib

from hotline.deliveries.channels import FoundThere, Parcel
from hotline.deliveries.model import DeliveryEvent
from hotline.errors import CarrierRefused, CarrierUnclear, CarrierUnreachable
from hotline.outward_settings import OutwardSettings

WITHIN_S = 8.0
PERMANENT = 500  # SMTP: from here on "no", below "not now"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed in. `tls`: from the first byte on; else STARTTLS, but on loopback."""

    host: str
    port: int
    tls: bool
    start_tls: bool
    sender: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)


def mail_server_of(settings: OutwardSettings) -> MailServer:
    """The one of the settings, which name one."""
    username, password = settings.mail_login or (None, None)
    return MailServer(
        host=settings.mail_host,
        port=settings.mail_port,
        tls=settings.mail_tls,
        start_tls=settings.mail_start_tls,
        sender=settings.mail_from,
        username=username,
        password=password,
    )


class ByMail:
    """Hands in. Who gets it twice knows it again by its Message-ID."""

    repeatable = True
    taken_as = DeliveryEvent.TAKEN  # by a server: nobody says when it arrived

    def __init__(self, server: MailServer) -> None:
        """Our way out."""
        self._server = server

    async def send(self, parcel: Parcel) -> str:
        """Hand it in once."""
        message, server = _message(parcel, self._server.sender), self._server
        try:
            await aiosmtplib.send(
                message,
                hostname=server.host,
                port=server.port,
                use_tls=server.tls,
                start_tls=server.start_tls,
                username=server.username,
                password=server.password,
                timeout=WITHIN_S,
            )
        except aiosmtplib.SMTPRecipientsRefused as no:
            raise _refusal(max(one.code for one in no.recipients)) from None
        except aiosmtplib.SMTPResponseException as no:
            raise _refusal(no.code) from None
        except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPConnectTimeoutError):
            raise CarrierUnreachable from None
        except (aiosmtplib.SMTPException, OSError):  # after DATA nobody knows
            raise CarrierUnclear from None
        return str(message["Message-ID"])

    async def find(self, parcel: Parcel) -> Sequence[FoundThere]:
        """A mail server has no list to look into."""
        return ()


def _refusal(code: int) -> CarrierRefused | CarrierUnreachable:
    return CarrierRefused(code) if code >= PERMANENT else CarrierUnreachable()


def _message(parcel: Parcel, sender: str) -> EmailMessage:
    """The same id and date for each try. No name of a person, and no answer is awaited."""
    message, letter = EmailMessage(), parcel.written
    message["From"] = sender
    message["To"] = parcel.to
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(parcel.since)
    message["Message-ID"] = f"<{parcel.delivery_id}@{sender.rpartition('@')[2].strip('> ')}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.words)
    return message
