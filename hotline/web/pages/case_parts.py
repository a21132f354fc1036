"""The parts of a case's page: each package of a case has one line here, and a template of its own.

A part is shown to whoever its loader gives something; None shows nothing, not even a heading.
"""

from hotline.web.pages.case_seen import CasePart
from hotline.web.pages.case_visits import load_visits

PARTS: tuple[CasePart, ...] = (
    CasePart(name="visits", word="分级和走访", icon="people", load=load_visits),
)
