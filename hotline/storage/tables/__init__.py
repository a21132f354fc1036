"""Every table, one module a subject. Times are aware and in UTC; ids are opaque strings."""

from hotline.storage.tables.calls import Call, CallEntry, Offer, Participant, Record, RecordVersion
from hotline.storage.tables.deliveries import Delivery
from hotline.storage.tables.escalations import Attempt, CrisisFlag, Escalation, EscalationEntry
from hotline.storage.tables.machinery import AnsweredRequest, Beat, Leadership
from hotline.storage.tables.places import Line, PhoneNumber, Station, StationContact
from hotline.storage.tables.routing import PlanDifference, PlanVersion, RoutingEvent
from hotline.storage.tables.staff import BreakSwap, Presence, SignInTry, Staff, StaffSession

__all__ = [
    "AnsweredRequest",
    "Attempt",
    "Beat",
    "BreakSwap",
    "Call",
    "CallEntry",
    "CrisisFlag",
    "Delivery",
    "Escalation",
    "EscalationEntry",
    "Leadership",
    "Line",
    "Offer",
    "Participant",
    "PhoneNumber",
    "PlanDifference",
    "PlanVersion",
    "Presence",
    "Record",
    "RecordVersion",
    "RoutingEvent",
    "SignInTry",
    "Staff",
    "StaffSession",
    "Station",
    "StationContact",
]
