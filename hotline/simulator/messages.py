"""Text messages on their way: ours over the clock; those of handsets at once."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hotline.carrier.exchange import Exchange
from hotline.carrier.model import new_sid, rfc2822
from hotline.simulator.faults import FaultSwitch

SENT_S, DELIVERED_S = 1.0, 2.0  # after it was queued; after it was sent
SINGLE, JOINED = {True: 160, False: 70}, {True: 153, False: 67}  # letters in a part, by alphabet
FAILURES = {
    "failed": (30008, "Unknown error"),
    "undelivered": (30003, "Unreachable destination handset"),
}


@dataclass(eq=False)
class CarrierMessage:
    """One text message."""

    to: str
    from_: str
    body: str
    callback: str
    created: datetime
    sid: str = field(default_factory=lambda: new_sid("SM"))
    status: str = "queued"
    direction: str = "outbound-api"
    sent: datetime | None = None
    updated: datetime | None = None

    @property
    def over(self) -> bool:
        """Nothing more happens to it."""
        return self.status in ("delivered", "received", *FAILURES)

    @property
    def parts(self) -> int:
        """How many messages it takes; what is not plain Latin needs more room."""
        plain = self.body.isascii()
        if len(self.body) <= SINGLE[plain]:
            return 1
        return -(-len(self.body) // JOINED[plain])


class Messages:
    """All of one exchange, oldest first. Who empties the exchange empties them."""

    def __init__(self, exchange: Exchange, faults: FaultSwitch) -> None:
        """None yet. `faults`: which numbers no text reaches."""
        self._exchange, self._faults = exchange, faults
        self.by_sid: dict[str, CarrierMessage] = {}

    def send(self, message: CarrierMessage) -> None:
        """Queue it; the rest comes with time."""
        self.by_sid[message.sid] = message
        self._exchange.journal.write(
            "message", sid=message.sid, address=message.to, text=message.body
        )
        self._exchange.start(self._carry(message))

    def receive(self, message: CarrierMessage, said: str) -> None:
        """A handset wrote to a number of ours: the application is told, and answers nothing.

        `said`: how the carrier took an opt-out word; empty: it is none.
        """
        message.status, message.direction = "received", "inbound"
        message.sent = message.updated = self._exchange.clock.now()
        self.by_sid[message.sid] = message
        self._exchange.journal.write(
            "message.in", sid=message.sid, address=message.from_, text=message.body
        )
        fields = {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "SmsStatus": "received",
            "To": message.to,
            "From": message.from_,
            "Body": message.body,
            "NumMedia": "0",
            "NumSegments": str(message.parts),
        }
        fields |= {"OptOutType": said} if said else {}
        self._exchange.webhooks.report("message", message.callback, fields, sid=message.sid)

    async def _carry(self, message: CarrierMessage) -> None:
        end = self._faults.faults.messages.get(message.to, "delivered")
        await self._exchange.clock.sleep(SENT_S)
        if end != "failed":
            message.sent = self._exchange.clock.now()
            self._enter(message, "sent")
            await self._exchange.clock.sleep(DELIVERED_S)
        self._enter(message, end)

    def _enter(self, message: CarrierMessage, status: str) -> None:
        message.status, message.updated = status, self._exchange.clock.now()
        fields = {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "MessageStatus": status,
            "SmsStatus": status,
            "To": message.to,
            "From": message.from_,
        }
        if status in FAILURES:
            fields["ErrorCode"] = str(FAILURES[status][0])
        self._exchange.journal.write("message.status", sid=message.sid, address=message.to,
                                     status=status)  # fmt: skip
        self._exchange.webhooks.report("status", message.callback, fields, sid=message.sid)


def message_json(account: str, message: CarrierMessage) -> dict[str, Any]:
    """A Message resource."""
    uri = f"/2010-04-01/Accounts/{account}/Messages/{message.sid}"
    code, words = FAILURES.get(message.status, (None, None))
    return {
        "sid": message.sid,
        "account_sid": account,
        "to": message.to,
        "from": message.from_,
        "messaging_service_sid": None,
        "body": message.body,
        "status": message.status,
        "num_segments": str(message.parts),
        "num_media": "0",
        "direction": message.direction,
        "api_version": "2010-04-01",
        "date_created": rfc2822(message.created),
        "date_updated": rfc2822(message.updated or message.created),
        "date_sent": rfc2822(message.sent),
        "error_code": code,
        "error_message": words,
        "price": None,
        "price_unit": "USD",
        "uri": f"{uri}.json",
        "subresource_uris": {"media": f"{uri}/Media.json"},
    }
