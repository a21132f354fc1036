"""The parts of a case's page: each package of a case has one line here, and a template of its own.

A part is shown to whoever its loader gives something; None shows nothing, not even a heading.
"""

from hotline.web.pages.case_consents import load_consents
from hotline.web.pages.case_groups import load_group
from hotline.web.pages.case_referrals import load_referrals
from hotline.web.pages.case_seen import CasePart
from hotline.web.pages.case_statutory import load_statutory
from hotline.web.pages.case_visits import load_visits
from hotline.web.pages.casework import (
    load_history,
    load_links,
    load_manage,
    load_people,
    load_plan,
)
from hotline.web.pages.rights import load_rights

PARTS: tuple[CasePart, ...] = (
    CasePart(name="people", word="当事人和相关的人", icon="people", load=load_people),
    CasePart(name="visits", word="分级和走访", icon="people", load=load_visits),
    CasePart(name="plan", word="计划：下一步", icon="check", load=load_plan),
    CasePart(name="links", word="来电和上报", icon="phone", load=load_links),
    CasePart(name="statutory", word="强制报告", icon="flag", load=load_statutory),
    CasePart(name="consents", word="同意和对外提供", icon="shield", load=load_consents),
    CasePart(name="group", word="帮扶小组", icon="people", load=load_group),
    CasePart(name="referrals", word="转介", icon="next", load=load_referrals),
    CasePart(name="rights", word="个人信息权利", icon="lock", load=load_rights),
    CasePart(name="manage", word="负责、合并、结案", icon="sliders", load=load_manage),
    CasePart(name="history", word="经过", icon="history", load=load_history),
)
"""What is about the child, then what to do next, then who has it; what was done comes last."""
