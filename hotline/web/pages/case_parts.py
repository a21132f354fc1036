"""The parts of a case's page: each package of a case has one line here, and a template of its own.

A part is shown to whoever its loader gives something; None shows nothing, not even a heading.
"""

from hotline.web.pages.case_seen import CasePart
from hotline.web.pages.case_statutory import load_statutory

PARTS: tuple[CasePart, ...] = (
    CasePart(name="statutory", word="强制报告", icon="flag", load=load_statutory),
)
