"""What people see: GET only, each answers with HTML. Every change is a command under /api/v1.

One page is asked by POST as well, and changes nothing: a form's text is too long for an address.
Others act by their form (`ack_links`, `group_links`, `referral_links`): they are opened on any
telephone, without scripts and without an account.
"""

from fastapi import FastAPI
from starlette.routing import Route

from hotline.web.pages import (
    accounts,
    ack_links,
    administration,
    administration_chains,
    administration_edit,
    administration_forms,
    away,
    callbacks,
    callers,
    calls,
    case_consents,
    case_groups,
    case_referrals,
    case_statutory,
    case_visits,
    cases,
    demo,
    desk,
    directing,
    escalations,
    fieldwork,
    floor,
    floor_alerts,
    floor_past,
    floor_stream,
    follow_ups,
    group_links,
    incidents,
    login,
    messages,
    places,
    prompts,
    provider,
    provisions,
    quality,
    record_additions,
    records,
    referral_links,
    referrals,
    report_mails,
    reports,
    rights,
    risk,
    roster,
    roster_feed,
    station,
    statutory,
    texts,
    visits,
    watching,
    what_if,
)
from hotline.web.pages.assets import Assets
from hotline.web.pages.rendering import STATIC
from hotline.web.pages.sounds import sound_files

PAGE_ROUTERS = (
    login.router,
    provider.router,
    away.router,
    desk.router,
    places.router,
    floor.router,
    floor_stream.router,
    roster.router,
    roster_feed.router,
    what_if.router,
    floor_past.router,
    floor_alerts.router,
    watching.router,
    incidents.router,
    directing.router,
    calls.router,
    records.router,
    risk.router,
    record_additions.router,
    callbacks.router,
    follow_ups.router,
    messages.router,
    texts.router,
    callers.router,
    fieldwork.router,  # its addresses lie between those of escalations: they are looked at first
    escalations.router,
    case_groups.router,
    case_referrals.router,
    cases.router,
    station.router,
    case_consents.router,
    provisions.router,
    case_statutory.router,
    statutory.router,
    referrals.router,
    report_mails.router,
    reports.router,
    case_visits.router,
    visits.router,
    rights.router,
    quality.router,
    administration_edit.router,
    administration_forms.router,
    administration_chains.router,
    administration.router,
    accounts.router,
    prompts.router,
    demo.router,
    ack_links.router,
    group_links.router,
    referral_links.router,
)


def mount_assets(app: FastAPI) -> None:
    """Hang the files that pages load on the application, which knows the pages it serves."""
    app.mount("/static", Assets(STATIC, sound_files()), name="static")
    app.state.page_paths = page_paths()


def page_paths() -> frozenset[str]:
    """The addresses that pages answer: the rail shows no place that is not there."""
    routes = [route for router in PAGE_ROUTERS for route in router.routes]
    return frozenset(route.path for route in routes if isinstance(route, Route))
