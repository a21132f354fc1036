"""What `apply` says, as a reader of the administration page reads it."""

import re

from hotline.i18n.catalog import _
from hotline.i18n.words import label

KINDS = "line|station|staff|script|place|colours|review"
TOLD = re.compile(rf"(?P<kind>{KINDS}) (?P<id>\S+): (?P<what>.*)")
CHANGED = re.compile(r"(?P<fields>[a-z_]+(?:, [a-z_]+)*) changed")
NUMBERS = re.compile(r"(?P<added>\d+) numbers added, (?P<removed>\d+) removed")
CONTACT = re.compile(r"contact (?P<n>\d+) set")


def in_words(told: str) -> str:
    """One difference in the language of the block. What we have no words for stays as it is."""
    found = TOLD.fullmatch(told)
    if found is None:
        return told
    kind = label("configuration_kind", found["kind"])
    return _("%(kind)s %(id)s：%(what)s", kind=kind, id=found["id"], what=_what(found["what"]))


def _what(said: str) -> str:
    if changed := CHANGED.fullmatch(said):
        fields = [label("configuration_field", one) for one in changed["fields"].split(", ")]
        return _("改了 %(fields)s", fields=_("、").join(fields))
    if numbers := NUMBERS.fullmatch(said):
        return _("加了 %(added)s 个号码，去掉 %(removed)s 个", **numbers.groupdict())
    if contact := CONTACT.fullmatch(said):
        return _("改了第 %(n)s 位联系人", n=contact["n"])
    return label("configuration_done", said)
