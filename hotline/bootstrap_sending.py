"""What sends deliveries: everybody who asks for any, and every way by which one can go."""

from collections.abc import Mapping

from hotline.alerts.texts import ALERT_TEXT, AlertTexts
from hotline.deliveries.asker import Asker
from hotline.deliveries.by_mail import ByMail, mail_server_of
from hotline.deliveries.by_push import ByPush
from hotline.deliveries.by_text import ByText
from hotline.deliveries.by_webhook import ByWebhook
from hotline.deliveries.channels import DeliveryChannel
from hotline.deliveries.model import Channel
from hotline.deliveries.outward import Outward
from hotline.deliveries.push_keys import push_keys_of
from hotline.deliveries.sending import Askers, Sender
from hotline.escalations.attempts import PURPOSE as ESCALATION
from hotline.escalations.dropped import DROPPED_CHILD, DroppedCalls
from hotline.escalations.letters import StationLetters
from hotline.escalations.station_call import StationCalls
from hotline.escalations.supervisors import FLAGGED, SupervisorCalls
from hotline.helpgroups.letters import GROUP_CODE, GROUP_LINK, GroupPost
from hotline.helpgroups.telling import GROUP_NEWS, GroupNews
from hotline.ports import Clock
from hotline.referrals.letters import PURPOSE as REFERRAL
from hotline.referrals.letters import ReceiverDeliveries, ReceiverLetters
from hotline.reminders.shifts import SHIFT_REMINDER, ReminderTexts
from hotline.reports.mails import PURPOSE as REPORT
from hotline.reports.mails import ReportLetters, ReportMails
from hotline.settings import Settings
from hotline.statutory.phones import LATE_REPORT, ReportCalls
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
    vault = vault_of(settings)
    post, news = GroupPost(settings.base_url, vault, clock), GroupNews(settings.base_url)
    reminders, alerts = ReminderTexts(settings.base_url), AlertTexts()
    asking: dict[str, Asker] = {
        ESCALATION: StationCalls(),
        DROPPED_CHILD: DroppedCalls(),
        FLAGGED: SupervisorCalls(),
        LATE_REPORT: ReportCalls(),
        CONTACT_DRILL: ContactCalls(),
        GROUP_LINK: post,
        GROUP_CODE: post,
        GROUP_NEWS: news,
        SHIFT_REMINDER: reminders,
        ALERT_TEXT: alerts,
        REFERRAL: ReceiverDeliveries(),
        VISIT: VisitCalls(),
        REPORT: ReportMails(),
    }
    askers = Askers(
        by_purpose=asking,
        base_url=settings.base_url,
        writers={
            ESCALATION: StationLetters(settings.base_url, vault),
            REFERRAL: ReceiverLetters(settings.base_url, vault),
            VISIT: VisitLetters(settings.base_url, vault),
            REPORT: ReportLetters(settings.base_url),
            GROUP_LINK: post,
            GROUP_CODE: post,
            GROUP_NEWS: news,
            SHIFT_REMINDER: reminders,
            ALERT_TEXT: alerts,
        },
        addresses={GROUP_LINK: post, GROUP_CODE: post},
        channels=channels_of(settings, database, carrier, clock=clock),
    )
    return Sender(database=database, carrier=carrier, clock=clock, askers=askers)


def channels_of(
    settings: Settings, database: Database, carrier: TwilioCarrier, *, clock: Clock
) -> Mapping[Channel, DeliveryChannel]:
    """The ways beside the telephone. One that is not set up fails at once, and says so."""
    channels: dict[Channel, DeliveryChannel] = {
        Channel.TEXT: ByText(carrier),
        Channel.WEBHOOK: ByWebhook(clock, allowed=settings.allowed_networks),
    }
    if settings.mail_host:
        channels[Channel.MAIL] = ByMail(mail_server_of(settings))
    keys = push_keys_of(settings.push_keys)
    if keys:
        outward = Outward(allowed=settings.allowed_networks)
        channels[Channel.PUSH] = ByPush(
            database,
            clock,
            vault_of(settings),
            keys=keys,
            outward=outward,
            contact=settings.push_contact,
        )
    return channels
