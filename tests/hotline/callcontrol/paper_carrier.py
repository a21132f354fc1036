"""A carrier on paper: one conference, the legs in it, and what becomes of each request.

A request is under way until it is done, refused, or done with its answer lost. Reports of legs
that ended, and of a caller who was put on hold, come in any order, or never.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hotline.callcontrol.dialler import voice_possible
from hotline.callcontrol.model import (
    Act,
    ParticipantRole,
    ParticipantState,
    VoiceReach,
    Wanted,
    act_due,
)
from hotline.callcontrol.talk import SECONDS, Talk, dissolve, is_there, settle
from hotline.calls.model import CallState
from hotline.storage.tables import Participant


class Fate(StrEnum):
    """What becomes of a request."""

    DONE = "done"
    REFUSED = "refused"
    UNANSWERED = "unanswered"


@dataclass
class Seat:
    """One leg in the conference, as the carrier has it. `coaches`: whom alone it speaks to."""

    ends: bool
    hold: bool = False
    muted: bool = False
    coaches: str = ""


@dataclass(frozen=True)
class Request:
    """What was asked for somebody, with the wish of that moment."""

    one: Participant
    act: Act
    held: bool
    ends: bool
    voice: str
    coached: str


@dataclass
class PaperCarrier:
    """`legs`: alive, by name, and what each does. `inside`: the conference."""

    talk: Talk
    legs: dict[str, str] = field(default_factory=dict)
    inside: dict[str, Seat] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    ends_told: list[Participant] = field(default_factory=list)
    holds_told: list[bool] = field(default_factory=list)
    heard_too_early: bool = False

    def begin_with(self, one: Participant) -> None:
        """A leg as the row has it."""
        inside = one.state == ParticipantState.IN_TALK
        self.legs[one.id] = "inside" if inside else "ringing"
        if inside:
            coached = "li" if one.voice == VoiceReach.COACH else ""
            muted = one.voice == VoiceReach.MUTED
            self.inside[one.id] = Seat(bool(one.ends), bool(one.held), muted, coached)

    # ── asking ──────────────────────────────────────────────────────────────────────────────

    def ask(self, now: datetime) -> None:
        """As the dialler does: one request at a time for each, by the row as it is."""
        busy = [request.one for request in self.requests]
        for one in self.talk.people:
            act = act_due(one, now)
            if act is not None and one not in busy:
                self._begin(one, act)

    def _begin(self, one: Participant, act: Act) -> None:
        if act is Act.DIAL:
            one.state = ParticipantState.DIALING
        elif act in (Act.HOLD, Act.RESUME):
            one.held = None
        elif act is Act.SET_VOICE:
            one.voice = None
        elif act is Act.SET_ENDS:
            one.ends = None
        counselor = self.talk.counselor
        coached = counselor.id if counselor is not None else ""
        self.requests.append(
            Request(one, act, one.hold_wanted, one.ends_wanted, one.voice_wanted, coached)
        )

    def answer(self, request: Request, fate: Fate) -> None:
        """A request comes to its end."""
        self.requests.remove(request)
        if fate is Fate.REFUSED:
            if request.act is Act.DIAL:
                self._row_ends(request.one)
            return
        was_there = self._do(request)
        if fate is Fate.DONE:
            self._seen(request, was_there=was_there)

    def _do(self, request: Request) -> bool:
        one, place = request.one, self.inside.get(request.one.id)
        if request.act is Act.DIAL:
            self.legs[one.id] = "ringing"
        elif request.act is Act.HANG_UP:
            self.end_leg(one)
        elif place is not None:
            self._change(place, request)
        return place is not None

    def _change(self, place: Seat, request: Request) -> None:
        match request.act:
            case Act.HOLD | Act.RESUME if place.hold != request.held:
                place.hold = request.held
                self.holds_told.append(request.held)
            case Act.SET_ENDS:
                place.ends = request.ends
            case Act.SET_VOICE:
                self._let_speak(place, request.voice, request.coached)
            case _:
                pass

    def _let_speak(self, place: Seat, voice: str, coached: str) -> None:
        heard = voice_possible(voice, coached if coached in self.inside else "")
        place.muted = heard is VoiceReach.MUTED
        place.coaches = coached if heard is VoiceReach.COACH else ""

    def _seen(self, request: Request, *, was_there: bool) -> None:
        """What the rows learn from a yes; of who is not in the conference they learn nothing."""
        one = request.one
        if request.act is Act.HANG_UP:
            self._row_ends(one)
        elif request.act is Act.DIAL or not was_there:
            return
        elif request.act in (Act.HOLD, Act.RESUME):
            one.held = request.held
        elif request.act is Act.SET_ENDS:
            one.ends = request.ends
        elif request.act is Act.SET_VOICE:
            one.voice = voice_possible(request.voice, request.coached)
        else:
            one.to_say = ""

    # ── legs ────────────────────────────────────────────────────────────────────────────────

    def pick_up(self, one: Participant) -> None:
        """A proven person is on this leg: in, or waiting, or too late (`joins.come_beside`)."""
        self.legs[one.id] = "up"
        if one.state == ParticipantState.ENDED or one.wanted == Wanted.OUT:
            self.end_leg(one)
            return
        one.state = ParticipantState.UP
        caller = self.talk.caller
        if self.talk.call.state != CallState.TALKING or caller is None:
            self.end_leg(one)
        elif one.role in SECONDS and caller.held is not True:
            if not caller.hold_wanted:
                caller.hold_wanted, caller.held_for = True, one.id
        else:
            self._let_in(one)

    def _let_in(self, one: Participant) -> None:
        one.state = ParticipantState.IN_TALK
        one.joined_at = one.created_at
        settle(self.talk)
        place = self.inside[one.id] = Seat(ends=one.ends_wanted)
        counselor = self.talk.counselor
        self._let_speak(place, one.voice_wanted, counselor.id if counselor is not None else "")
        one.voice, one.ends = one.voice_wanted, one.ends_wanted
        self.legs[one.id] = "inside"
        caller = self.inside.get("caller")
        if one.role in SECONDS and caller is not None and not caller.hold:
            self.heard_too_early = True

    def end_leg(self, one: Participant) -> None:
        """Hung up by either side: the conference ends with it where its place says so."""
        if self.legs.pop(one.id, None) is None:
            return
        self.ends_told.append(one)
        place = self.inside.pop(one.id, None)
        if place is not None and place.ends:
            self._end_conference()

    def _end_conference(self) -> None:
        for name in list(self.inside):
            if name == "caller":
                del self.inside[name]
                self.legs[name] = "asks"  # the carrier asks us what the caller hears next
            else:
                self.end_leg(self._row(name))

    def _row(self, name: str) -> Participant:
        return next(one for one in self.talk.people if one.id == name)

    # ── telling ─────────────────────────────────────────────────────────────────────────────

    def tell_end(self, one: Participant, at: datetime) -> None:
        """The report that a leg is over."""
        self.ends_told.remove(one)
        self._row_ends(one, at)

    def _row_ends(self, one: Participant, at: datetime | None = None) -> None:
        if one.state != ParticipantState.ENDED:
            one.state, one.ended_at = ParticipantState.ENDED, at or one.created_at
            if self.talk.call.state == CallState.TALKING:
                settle(self.talk)

    def tell_hold(self, index: int) -> None:
        """A report of the caller's hold, perhaps overtaken by others."""
        held = self.holds_told.pop(index % len(self.holds_told))
        caller = self.talk.caller
        if caller is not None and held != caller.hold_wanted:
            caller.held = None

    def back_in_line(self) -> None:
        """Nobody is with the caller: as `talks.counselor_lost` does."""
        self.talk.call.state = CallState.WAITING
        dissolve(self.talk)
        caller = self.talk.caller
        if caller is not None:
            caller.state = ParticipantState.ENDED
        self.inside.pop("caller", None)
        if "caller" in self.legs:
            self.legs["caller"] = "in_line"

    # ── looking ─────────────────────────────────────────────────────────────────────────────

    def caller_hears(self) -> set[str]:
        """Whose words reach the caller; `music` on hold."""
        place = self.inside.get("caller")
        if place is None:
            return set()
        if place.hold:
            return {"music"}
        others = {name: other for name, other in self.inside.items() if name != "caller"}
        return {name for name, one in others.items() if not (one.muted or one.coaches)}

    def company(self) -> list[Participant]:
        """Who keeps the caller company by their rows."""
        return [one for one in self.talk.alive if is_there(one) and keeps_company(self.talk, one)]


def keeps_company(talk: Talk, one: Participant) -> bool:
    """Written anew, as the README says it."""
    caller = talk.caller
    held = caller is not None and caller.hold_wanted
    return {
        ParticipantRole.COUNSELOR: True,
        ParticipantRole.COLLEAGUE: True,
        ParticipantRole.GUEST: not held,
        ParticipantRole.SUPERVISOR: one.voice_wanted == VoiceReach.OPEN,
    }.get(ParticipantRole(one.role), False)
