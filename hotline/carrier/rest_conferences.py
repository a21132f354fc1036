"""Conferences and their participants, over REST."""

import re
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from hotline.carrier.conferences import KICKED, LABEL_TAKEN
from hotline.carrier.exchange import Exchange
from hotline.carrier.model import (
    CarrierParticipant,
    Conference,
    conference_json,
    participant_json,
)
from hotline.carrier.rest import (
    INVALID,
    ExchangeDep,
    Form,
    FormDep,
    Refused,
    check_dial,
    flag,
    leg_in,
    not_found,
    one,
    rest_router,
    target_in,
)
from hotline.carrier.rest_lists import asked_for, flag_asked_for, in_time, page

NOBODY_TO_COACH, LONGEST_LABEL = 16028, 128
SID = re.compile("CF[0-9a-f]{32}")
STATUSES = ("init", "in-progress", "completed")
MODIFIED = {"EndConferenceOnExit": "end_on_exit", "BeepOnExit": "beep_on_exit"}

conferences = rest_router()


@conferences.get("/Conferences.json")
async def list_conferences(exchange: ExchangeDep, request: Request) -> dict[str, Any]:
    """By FriendlyName, Status, DateCreated and DateUpdated, newest first."""
    name, status = asked_for(request, "FriendlyName"), asked_for(request, "Status", STATUSES)
    made, changed = in_time(request, "DateCreated"), in_time(request, "DateUpdated")
    found = [
        conference
        for conference in reversed(list(exchange.conferences))
        if name in (None, conference.name)
        and status in (None, conference.status)
        and made(conference.created)
        and changed(conference.updated or conference.created)
    ]
    rows = (conference_json(exchange.account, conference) for conference in found)
    return page("conferences", rows, request)


@conferences.get("/Conferences/{sid}.json")
async def fetch_conference(exchange: ExchangeDep, sid: str) -> dict[str, Any]:
    """One conference."""
    return conference_json(exchange.account, _conference(exchange, sid))


@conferences.post("/Conferences/{sid}.json")
async def update_conference(exchange: ExchangeDep, sid: str, form: FormDep) -> dict[str, Any]:
    """End a conference, or let everybody in it hear something."""
    conference = _conference(exchange, sid)
    status, announced = one(form, "Status"), target_in(form, "AnnounceUrl")
    if status not in ("", "completed"):
        raise Refused(400, INVALID, "Status must be completed")
    if announced.url and conference.status != "in-progress":
        raise Refused(400, INVALID, "Conference is not in-progress. Cannot announce.")
    if announced.url:
        exchange.conferences.announce(conference, announced)
    if status:
        exchange.conferences.end(conference)
    return conference_json(exchange.account, conference)


@conferences.get("/Conferences/{sid}/Participants.json")
async def list_participants(exchange: ExchangeDep, sid: str, request: Request) -> dict[str, Any]:
    """Who is in a conference."""
    conference = _conference(exchange, sid)
    wanted = {
        "muted": flag_asked_for(request, "Muted"),
        "hold": flag_asked_for(request, "Hold"),
        "coaching": flag_asked_for(request, "Coaching"),
    }
    everybody = [
        one
        for one in [*conference.participants, *conference.coming]
        if all(value in (None, bool(getattr(one, field))) for field, value in wanted.items())
    ]
    rows = (participant_json(exchange.account, conference, one) for one in everybody)
    return page("participants", rows, request)


@conferences.post("/Conferences/{sid}/Participants.json", status_code=201)
async def create_participant(exchange: ExchangeDep, sid: str, form: FormDep) -> dict[str, Any]:
    """Ring somebody who is to come in. A name without a live conference makes one."""
    check_dial(exchange, form)
    name, now = _conference_to_join(exchange, sid)
    invited = _invited(exchange, now, form)
    conference = exchange.conferences.open(name)
    if not conference.callback and one(form, "ConferenceStatusCallback"):
        conference.callback = one(form, "ConferenceStatusCallback")
        events = form.get("ConferenceStatusCallbackEvent", ["start end"])
        conference.events = tuple(" ".join(events).split())
    exchange.invite(conference, invited)
    return participant_json(exchange.account, conference, invited) | {"status": "queued"}


def _invited(exchange: Exchange, conference: Conference, form: Form) -> CarrierParticipant:
    """Refused where they could not come in as they are to."""
    if len(one(form, "Label")) > LONGEST_LABEL:
        raise Refused(400, INVALID, "Label is too long")
    check_coaching(conference, form, held=False)
    invited = CarrierParticipant(
        leg_in(exchange, form),
        one(form, "Label"),
        start_on_enter="StartConferenceOnEnter" not in form or flag(form, "StartConferenceOnEnter"),
        end_on_exit=flag(form, "EndConferenceOnExit"),
        muted=flag(form, "Muted"),
        coaching=coached_in(form),
        beep_on_enter=one(form, "Beep", "true") in ("true", "onEnter"),
        beep_on_exit=one(form, "Beep", "true") in ("true", "onExit"),
        wait=target_in(form, "WaitUrl") if one(form, "WaitUrl", "its own") else None,
    )
    if exchange.conferences.reason_to_refuse(conference, invited) == LABEL_TAKEN:
        raise Refused(400, LABEL_TAKEN, "Participant label is not unique in the conference")
    return invited


def _conference_to_join(exchange: Exchange, sid: str) -> tuple[str, Conference]:
    """By the SID of a live one, or by a name: then it may not be there yet."""
    live = [one for one in exchange.conferences if one.status != "completed"]
    for conference in live:
        if sid in (conference.sid, conference.name):
            return conference.name, conference
    if SID.fullmatch(sid):
        raise not_found(f"/Conferences/{sid}/Participants")
    return sid, Conference(sid)


@conferences.get("/Conferences/{sid}/Participants/{who}.json")
async def fetch_participant(exchange: ExchangeDep, sid: str, who: str) -> dict[str, Any]:
    """One leg in a conference, by SID or label."""
    conference = _conference(exchange, sid)
    return participant_json(exchange.account, conference, _participant(exchange, conference, who))


@conferences.post("/Conferences/{sid}/Participants/{who}.json")
async def update_participant(
    exchange: ExchangeDep, sid: str, who: str, form: FormDep
) -> dict[str, Any]:
    """Hold, mute, announce, coach, or change what leaving means. All of it or nothing."""
    conference = _conference(exchange, sid)
    found = _participant(exchange, conference, who)
    _check_mix(conference, found, form)
    changes: dict[str, Any] = {
        field: flag(form, name) for name, field in MODIFIED.items() if name in form
    }
    if "Coaching" in form or "CallSidToCoach" in form:
        changes["coaching"] = coached_in(form)
    exchange.conferences.modify(conference, found, **changes)
    if "Muted" in form:
        exchange.conferences.set_muted(conference, found, muted=flag(form, "Muted"))
    if "Hold" in form:
        _hold_or_resume(exchange, conference, found, form)
    if one(form, "AnnounceUrl"):
        exchange.conferences.announce(conference, target_in(form, "AnnounceUrl"), found)
    return participant_json(exchange.account, conference, found)


def _hold_or_resume(
    exchange: Exchange, conference: Conference, found: CarrierParticipant, form: Form
) -> None:
    if flag(form, "Hold"):
        exchange.conferences.hold(conference, found, target_in(form, "HoldUrl", "GET"))
    else:
        exchange.conferences.resume(conference, found)


def _check_mix(conference: Conference, found: CarrierParticipant, form: Form) -> None:
    """What cannot be at once is refused, and nothing of it is done."""
    target_in(form, "HoldUrl", "GET")
    announced = bool(target_in(form, "AnnounceUrl").url)
    held = flag(form, "Hold") if "Hold" in form else found.hold
    if held and announced:
        raise Refused(400, INVALID, "AnnounceUrl cannot be used for a participant on hold")
    if found in conference.coming:
        raise Refused(400, INVALID, "The participant is not connected yet")
    check_coaching(conference, form, held=held, sid=found.leg.sid)


def coached_in(form: Form) -> str | None:
    """Whom one is to coach; None for nobody. A SID alone is enough."""
    if "Coaching" in form and not flag(form, "Coaching"):
        return None
    return one(form, "CallSidToCoach") or None


def check_coaching(conference: Conference, form: Form, *, held: bool, sid: str = "") -> None:
    """Who coaches names somebody else who is in the conference, and is not on hold."""
    coached = coached_in(form)
    if flag(form, "Coaching") and coached is None:
        raise Refused(400, INVALID, "CallSidToCoach is required when Coaching is true")
    if coached is not None and (coached == sid or coached not in conference.sids):
        message = "Participant to be whispered is not present in the conference"
        raise Refused(400, NOBODY_TO_COACH, message)
    if coached is not None and held:
        raise Refused(400, INVALID, "A participant on hold cannot coach")


@conferences.delete("/Conferences/{sid}/Participants/{who}.json", status_code=204)
async def remove_participant(exchange: ExchangeDep, sid: str, who: str) -> Response:
    """Out of the conference; the leg goes on with its document."""
    conference = _conference(exchange, sid)
    exchange.conferences.leave(_participant(exchange, conference, who).leg, KICKED)
    return Response(status_code=204)


def _conference(exchange: Exchange, sid: str) -> Conference:
    for conference in exchange.conferences:
        if conference.sid == sid or (conference.name == sid and conference.status != "completed"):
            return conference
    raise not_found(f"/Conferences/{sid}")


def _participant(exchange: Exchange, conference: Conference, who: str) -> CarrierParticipant:
    found = exchange.conferences.participant(conference, who)
    if found is None:
        raise not_found(f"/Conferences/{conference.sid}/Participants/{who}")
    return found
