"""What a record must hold before its wrap-up is over. Pure: values by name, whatever the form asks.

A contact without counselling needs nothing but its type (domain requirement 20).
"""

from collections.abc import Mapping

from hotline.records.model import ContactType

CONTACT_TYPE, DISPOSITION, NARRATIVE = "contact_type", "disposition", "narrative"
TOLD_IN_WORDS = frozenset(
    {ContactType.SELF, ContactType.ABOUT_ANOTHER, ContactType.EMERGENCY, ContactType.COMPLAINT}
)


def missing_from(values: Mapping[str, object]) -> list[str]:
    """The names of what still has to be written or chosen, in the order of the form."""
    kind = values.get(CONTACT_TYPE)
    if not kind:
        return [CONTACT_TYPE]
    return _unsaid(values) if kind in TOLD_IN_WORDS else []


def _unsaid(values: Mapping[str, object]) -> list[str]:
    return [name for name in (NARRATIVE, DISPOSITION) if not str(values.get(name) or "").strip()]
