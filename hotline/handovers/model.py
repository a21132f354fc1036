"""What personal data may be handed to another body on, and what a consent covers. Pure.

Law: 个人信息保护法 (PIPL) §13(3)(4) statutory duty and emergency, §18 told afterwards, §23 consent
to each recipient, purpose and kind, §28–31 a guardian consents for a child under 14.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Basis(StrEnum):
    """What carries a hand-over."""

    CONSENT = "consent"
    GUARDIAN_CONSENT = "guardian_consent"
    STATUTORY_DUTY = "statutory_duty"
    EMERGENCY = "emergency"


class Article(StrEnum):
    """Which law commands it. The words of each are in `hotline.i18n.handover_words`."""

    MINORS_11 = "minors_11"  # 未成年人保护法 §11: harm or danger is reported at once
    MINORS_92 = "minors_92"  # the same, §92: temporary guardianship by civil affairs
    MINORS_97 = "minors_97"  # the same, §97: a line hands complaints and reports on
    VIOLENCE_14 = "violence_14"  # 反家庭暴力法 §14
    ONLINE_38 = "online_38"  # 未成年人网络保护条例 §38
    WOMEN_76 = "women_76"  # 妇女权益保障法 §76: as §97


class RecipientKind(StrEnum):
    """What sort of body gets it. A consent names these; none is taken for another."""

    STATION = "station"
    POLICE = "police"
    AMBULANCE = "ambulance"
    FIRE = "fire"
    CIVIL_AFFAIRS = "civil_affairs"
    COMMITTEE = "committee"  # of a village or of residents, with its child director
    SOCIAL_WORK = "social_work"
    SCHOOL = "school"
    EDUCATION = "education"
    HOSPITAL = "hospital"
    WOMENS_FEDERATION = "womens_federation"
    YOUTH_LEAGUE = "youth_league"
    LEGAL_AID = "legal_aid"
    JUDICIARY = "judiciary"
    HOTLINE = "hotline"  # another one


class Purpose(StrEnum):
    """What it is handed over for."""

    RESCUE = "rescue"
    PROTECTION = "protection"
    REPORT = "report"  # mandatory, or of an emergency event
    TREATMENT = "treatment"
    HELP_GROUP = "help_group"
    SUPPORT = "support"  # at school, at home, with what is needed to live
    LEGAL_HELP = "legal_help"


class DataKind(StrEnum):
    """What is handed over."""

    IDENTITY = "identity"
    CONTACT = "contact"
    WHEREABOUTS = "whereabouts"
    FAMILY = "family"
    SCHOOLING = "schooling"
    RISK = "risk"
    STORY = "story"
    HEALTH = "health"
    PLAN = "plan"  # of help, with its visits


class Giver(StrEnum):
    """Whose consent it is."""

    PERSON = "person"
    GUARDIAN = "guardian"


class GiverRelation(StrEnum):
    """What whoever gives it is to the person at risk."""

    SELF = "self"
    MOTHER = "mother"
    FATHER = "father"
    GRANDPARENT = "grandparent"
    RELATIVE = "relative"
    COMMITTEE = "committee"
    CIVIL_AFFAIRS = "civil_affairs"
    OTHER = "other"


class GivenHow(StrEnum):
    """In what way it was given."""

    SAID = "said"  # in a call
    WRITTEN = "written"
    MESSAGE = "message"


class ConsentAge(StrEnum):
    """How old the person at risk is, as far as consent goes by it."""

    UNDER_14 = "under_14"
    FROM_14 = "from_14"
    ADULT = "adult"
    UNKNOWN = "unknown"


class Opinion(StrEnum):
    """What the child said to it (未成年人保护法 §4)."""

    AGREES = "agrees"
    OBJECTS = "objects"
    NOT_ASKED = "not_asked"


class WithdrawnWho(StrEnum):
    """Who took a consent back."""

    GIVER = "giver"
    PERSON = "person"  # at risk, where a guardian gave it
    OTHER_GUARDIAN = "other_guardian"
    RECORDER = "recorder"  # it was written down wrongly


class EmergencyGround(StrEnum):
    """What an emergency stands on."""

    IMMINENT = "imminent"
    HIGH = "high"
    SUPERVISOR = "supervisor"


class ToldHow(StrEnum):
    """In what way somebody was told afterwards."""

    CALL = "call"
    IN_PERSON = "in_person"
    WRITTEN = "written"
    MESSAGE = "message"


GUARDIAN_NEEDED = frozenset({ConsentAge.UNDER_14, ConsentAge.UNKNOWN})


def needs_guardian(age: str) -> bool:
    """Whether a guardian's consent is needed: under 14, and where that is not ruled out (§31)."""
    return ConsentAge(age) in GUARDIAN_NEEDED


@dataclass(frozen=True, slots=True)
class Scope:
    """To which bodies, for what, and what. Nothing beyond any of the three is covered (§23)."""

    recipients: frozenset[str]
    purposes: frozenset[str]
    kinds: frozenset[str]

    @classmethod
    def of(
        cls, recipients: Collection[str], purposes: Collection[str], kinds: Collection[str]
    ) -> "Scope":
        """From what a row holds."""
        return cls(frozenset(recipients), frozenset(purposes), frozenset(kinds))

    def covers(self, recipient_kind: str, purpose: str, kinds: Collection[str]) -> bool:
        """Whether a hand-over stays inside it."""
        inside = recipient_kind in self.recipients and purpose in self.purposes
        return inside and self.kinds.issuperset(kinds)
