"""The parts of a case's page: each package of a case has one line here, and a template of its own.

A part is shown to whoever its loader gives something; None shows nothing, not even a heading.
"""

from hotline.web.pages.case_referrals import load_referrals
from hotline.web.pages.case_seen import CasePart

PARTS: tuple[CasePart, ...] = (
    CasePart(name="referrals", word="转介", icon="next", load=load_referrals),
)
