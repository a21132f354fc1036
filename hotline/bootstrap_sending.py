"""What sends deliveries: everybody who asks for any, and every way by which one can go."""

from collections.abc import Mapping

from hotline.deliveries.asker import Asker
from hotline.deliveries.by_mail import ByMail, mail_server_of
from hotline.deliveries.by_text import ByText
from hotline.deliveries.by_webhook import ByWebhook
from hotline.deliveries.channels import DeliveryChannel
from hotline.deliveries.model import Channel
from hotline.deliveries.sending import Askers, Sender
from hotline.escalations.attempts import PURPOSE as ESCALATION
from hotline.escalations.dropped import DROPPED_CHILD, DroppedCalls
from hotline.escalations.letters import StationLetters
from hotline.escalations.station_call import StationCalls
from hotline.escalations.supervisors import FLAGGED, SupervisorCalls
from hotline.ports import Clock
from hotline.settings import Settings
from hotline.storage.opening import vault_of
from hotline.storage.session import Database
from hotline.telephony.carrier_client import TwilioCarrier
from hotline.visits.calls import VisitCalls
from hotline.visits.letters import VisitLetters
from hotline.visits.overdue import PURPOSE as VISIT
from hotline.watching.contact_drills import PURPOSE as CONTACT_DRILL
from hotline.watching.contact_drills import ContactCalls


def sender_of(
    settings: Settings, database: Database, carrier: TwilioCarrier, *, clock: Clock
) -> Sender:
    """Sends the deliveries of everybody who asks for any."""
    asking: dict[str, Asker] = {
        ESCALATION: StationCalls(),
        DROPPED_CHILD: DroppedCalls(),
        FLAGGED: SupervisorCalls(),
        CONTACT_DRILL: ContactCalls(),
        VISIT: VisitCalls(),
    }
    askers = Askers(
        by_purpose=asking,
        base_url=settings.base_url,
        writers={
            ESCALATION: StationLetters(settings.base_url, vault_of(settings)),
            VISIT: VisitLetters(settings.base_url, vault_of(settings)),
        },
        channels=channels_of(settings, carrier, clock=clock),
    )
    return Sender(database=database, carrier=carrier, clock=clock, askers=askers)


def channels_of(
    settings: Settings, carrier: TwilioCarrier, *, clock: Clock
) -> Mapping[Channel, DeliveryChannel]:
    """The ways beside the telephone. Without a mail server a mail fails at once, and says so."""
    channels: dict[Channel, DeliveryChannel] = {
        Channel.TEXT: ByText(carrier),
        Channel.WEBHOOK: ByWebhook(clock, allowed=settings.allowed_networks),
    }
    if settings.mail_host:
        channels[Channel.MAIL] = ByMail(mail_server_of(settings))
    return channels
