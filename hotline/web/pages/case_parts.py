"""The parts of a case's page: each package of a case has one line here, and a template of its own.

A part is shown to whoever its loader gives something; None shows nothing, not even a heading.
"""

from hotline.web.pages.case_consents import load_consents
from hotline.web.pages.case_seen import CasePart

PARTS: tuple[CasePart, ...] = (
    CasePart(name="consents", word="同意和对外提供", icon="shield", load=load_consents),
)
