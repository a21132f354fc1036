"""Every table, one module a subject. Times are aware and in UTC; ids are opaque strings."""

from hotline.storage.tables.accounts import (
    AccountAct,
    HalfSignIn,
    Invitation,
    ProviderSignIn,
    RecoveryCode,
    SecondFactor,
)
from hotline.storage.tables.alerts import AlertRulesVersion, FloorAlert
from hotline.storage.tables.audit import AuditEntry, AuditHead
from hotline.storage.tables.callbacks import Callback, CallbackAttempt, CallbackCause
from hotline.storage.tables.callers import CallerBlock, CallerPlan
from hotline.storage.tables.calls import (
    Call,
    CallEntry,
    HelpCall,
    Offer,
    Participant,
    Record,
    RecordVersion,
)
from hotline.storage.tables.cases import Case, CaseEntry, CaseLink, CasePerson, CaseStep
from hotline.storage.tables.configuration import ConfigurationVersion, FormVersion
from hotline.storage.tables.debriefs import Debrief
from hotline.storage.tables.deliveries import Delivery
from hotline.storage.tables.direction import LineDiversion, Notice, SupervisorAct
from hotline.storage.tables.escalations import (
    AckToken,
    Attempt,
    CrisisFlag,
    Escalation,
    EscalationChain,
    EscalationEntry,
    EscalationLink,
    Rescue,
    StationNewsRead,
    SupervisorAlarm,
)
from hotline.storage.tables.fieldwork import (
    Attachment,
    PushSubscription,
    ShiftHandover,
    ShiftItem,
)
from hotline.storage.tables.followups import FollowUp, FollowUpAttempt, FollowUpWord
from hotline.storage.tables.handovers import DataConsent, GuardianBlock, Provision
from hotline.storage.tables.helpgroups import (
    GroupCode,
    GroupLink,
    GroupMember,
    GroupNote,
    GroupSession,
    GroupTask,
)
from hotline.storage.tables.incidents import Incident
from hotline.storage.tables.machinery import AnsweredRequest, Beat, CarrierCheck, Leadership
from hotline.storage.tables.materials import ReferralPlace, Script, TalkReminder
from hotline.storage.tables.past import RowVersion
from hotline.storage.tables.places import Line, PhoneNumber, Station, StationContact
from hotline.storage.tables.prompts import PromptRecording
from hotline.storage.tables.quality import (
    Calibration,
    CallReview,
    CallSatisfaction,
    QualityMonth,
    QualitySalt,
    ReviewFormVersion,
    StaffCertificate,
    StaffCourse,
    SupervisionSession,
)
from hotline.storage.tables.readings import RecordReading
from hotline.storage.tables.record_keeping import RecordAddition, RecordSave
from hotline.storage.tables.recordings import CallRecording, NoticeOwed
from hotline.storage.tables.referrals import Referral, ReferralLetter, ReferralLink
from hotline.storage.tables.reports import ReportMail, ToldMonth
from hotline.storage.tables.rights import Erasure, LegalHold, RightsRequest
from hotline.storage.tables.risk import RiskAssessment, RiskLowering, RiskRating
from hotline.storage.tables.roster import RosterFeed, RosterLeave, RosterShift, RosterSwap
from hotline.storage.tables.routing import PlanDifference, PlanVersion, RoutingEvent
from hotline.storage.tables.sealing import SealingKey
from hotline.storage.tables.staff import BreakSwap, Presence, SignInTry, Staff, StaffSession
from hotline.storage.tables.statutory import CaseReporter, ReportSuspicion, StatutoryReport
from hotline.storage.tables.texting import TextConsent, TextMessage, TextReading
from hotline.storage.tables.visits import (
    CaseColour,
    CaseVisit,
    ColourSetVersion,
    VisitPlan,
    VisitTelling,
)
from hotline.storage.tables.waiting import KnownCaller, SeenPlace
from hotline.storage.tables.watching import ContactDrill, DrillRun, WatchFinding, WatchPage

__all__ = [
    "AccountAct",
    "AckToken",
    "AlertRulesVersion",
    "AnsweredRequest",
    "Attachment",
    "Attempt",
    "AuditEntry",
    "AuditHead",
    "Beat",
    "BreakSwap",
    "Calibration",
    "Call",
    "CallEntry",
    "CallRecording",
    "CallReview",
    "CallSatisfaction",
    "Callback",
    "CallbackAttempt",
    "CallbackCause",
    "CallerBlock",
    "CallerPlan",
    "CarrierCheck",
    "Case",
    "CaseColour",
    "CaseEntry",
    "CaseLink",
    "CasePerson",
    "CaseReporter",
    "CaseStep",
    "CaseVisit",
    "ColourSetVersion",
    "ConfigurationVersion",
    "ContactDrill",
    "CrisisFlag",
    "DataConsent",
    "Debrief",
    "Delivery",
    "DrillRun",
    "Erasure",
    "Escalation",
    "EscalationChain",
    "EscalationEntry",
    "EscalationLink",
    "FloorAlert",
    "FollowUp",
    "FollowUpAttempt",
    "FollowUpWord",
    "FormVersion",
    "GroupCode",
    "GroupLink",
    "GroupMember",
    "GroupNote",
    "GroupSession",
    "GroupTask",
    "GuardianBlock",
    "HalfSignIn",
    "HelpCall",
    "Incident",
    "Invitation",
    "KnownCaller",
    "Leadership",
    "LegalHold",
    "Line",
    "LineDiversion",
    "Notice",
    "NoticeOwed",
    "Offer",
    "Participant",
    "PhoneNumber",
    "PlanDifference",
    "PlanVersion",
    "Presence",
    "PromptRecording",
    "ProviderSignIn",
    "Provision",
    "PushSubscription",
    "QualityMonth",
    "QualitySalt",
    "Record",
    "RecordAddition",
    "RecordReading",
    "RecordSave",
    "RecordVersion",
    "RecoveryCode",
    "Referral",
    "ReferralLetter",
    "ReferralLink",
    "ReferralPlace",
    "ReportMail",
    "ReportSuspicion",
    "Rescue",
    "ReviewFormVersion",
    "RightsRequest",
    "RiskAssessment",
    "RiskLowering",
    "RiskRating",
    "RosterFeed",
    "RosterLeave",
    "RosterShift",
    "RosterSwap",
    "RoutingEvent",
    "RowVersion",
    "Script",
    "SealingKey",
    "SecondFactor",
    "SeenPlace",
    "ShiftHandover",
    "ShiftItem",
    "SignInTry",
    "Staff",
    "StaffCertificate",
    "StaffCourse",
    "StaffSession",
    "Station",
    "StationContact",
    "StationNewsRead",
    "StatutoryReport",
    "SupervisionSession",
    "SupervisorAct",
    "SupervisorAlarm",
    "TalkReminder",
    "TextConsent",
    "TextMessage",
    "TextReading",
    "ToldMonth",
    "VisitPlan",
    "VisitTelling",
    "WatchFinding",
    "WatchPage",
]
