"""The conferences of an exchange: they fill and empty, and say so to whoever asked.

What one participant hears alone (while waiting, on hold, an announcement) is played by `follow`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from email.utils import format_datetime
from typing import Any

from hotline.carrier.clock import CarrierClock
from hotline.carrier.journal import Journal
from hotline.carrier.model import (
    CarrierLeg,
    CarrierParticipant,
    Conference,
    Target,
    participant_fields,
)
from hotline.carrier.webhooks import FetchFailed, Webhooks

Listeners = Callable[[], list[CarrierParticipant]]
Follow = Callable[[Listeners, Target], Awaitable[None]]
Changed = Callable[[Conference], None]
Start = Callable[[Awaitable[None]], "asyncio.Task[None]"]

LABEL_TAKEN, NO_SUCH_COACHED = 16025, 13240
KICKED = "participant_updated_via_api"


class Conferences:
    """All that there were, oldest first."""

    def __init__(
        self, *, clock: CarrierClock, journal: Journal, webhooks: Webhooks, start: Start
    ) -> None:
        """Empty. `follow` and `changed` are set by the application."""
        self._clock, self._journal, self._webhooks = clock, journal, webhooks
        self._start = start
        self._all: list[Conference] = []
        self.follow: Follow = _unheard
        self.changed: Changed = _unarranged

    def __iter__(self) -> Iterator[Conference]:
        """Oldest first."""
        return iter(self._all)

    def clear(self) -> None:
        """Forget them."""
        self._all.clear()

    def open(self, name: str) -> Conference:
        """The live conference of that name, made where there is none."""
        for conference in self._all:
            if conference.name == name and conference.status != "completed":
                return conference
        conference = Conference(name, created=self._clock.now())
        self._all.append(conference)
        return conference

    # ── in and out ──────────────────────────────────────────────────────────────────────────

    def reason_to_refuse(self, conference: Conference, one: CarrierParticipant) -> int | None:
        """The carrier's number where a leg may not come in as it is."""
        others = [*conference.participants, *conference.coming]
        if one.label and any(other.label == one.label for other in others):
            return LABEL_TAKEN
        if one.coaching and one.coaching not in conference.sids:
            return NO_SUCH_COACHED
        return None

    async def stay(self, conference: Conference, one: CarrierParticipant) -> None:
        """In, until it is out again; torn out by another document where it is cancelled."""
        self.enter(conference, one)
        try:
            await one.left.wait()
        except asyncio.CancelledError:
            if not one.leg.over:
                self.leave(one.leg, KICKED)
            raise

    def enter(self, conference: Conference, one: CarrierParticipant) -> None:
        """A leg comes in; the conference starts when two are there and one may start it."""
        conference.participants.append(one)
        self._tell(conference, "participant-join", "join", one)
        if one.beep_on_enter:
            self._beep(conference, one)
        starts = any(other.start_on_enter for other in conference.participants)
        if conference.status == "init" and len(conference.participants) > 1 and starts:
            self._begin(conference)
        if conference.status == "in-progress":
            for other in conference.participants:
                other.leg.talked = True
        else:
            self._let_wait(one)
        self._journal.write(
            "joined",
            sid=one.leg.sid,
            address=one.leg.address,
            conference=conference.name,
            inside=len(conference.participants),
        )

    def leave(self, leg: CarrierLeg, reason: str) -> None:
        """A leg goes out; with the last, or with one who ends it, the conference ends."""
        for conference in self._all:
            self._forget_coming(conference, leg)
            for one in [one for one in conference.participants if one.leg is leg]:
                self._take_out(conference, one, reason)
                how = "kicked" if reason == KICKED else "left"
                if one.end_on_exit:
                    why = f"participant-with-end-conference-on-exit-{how}"
                    self.end(conference, why, by=one)
                elif not conference.participants and not conference.coming:
                    self.end(conference, f"last-participant-{how}", by=one)

    def end(
        self,
        conference: Conference,
        reason: str = "conference-ended-via-api",
        *,
        by: CarrierParticipant | None = None,
    ) -> None:
        """Everybody out; each leg goes on with its own document."""
        if conference.status == "completed":
            return
        conference.status, conference.reason_ended = "completed", reason
        conference.ended_by = by.leg.sid if by else None
        word = "moderator_ended_conference" if by else "conference_ended_via_api"
        for one in list(conference.participants):
            self._take_out(conference, one, word)
        for one in conference.coming:
            one.left.set()
        conference.coming.clear()
        more = {"ReasonConferenceEnded": reason, "Reason": reason.replace("-", " ")}
        if by is not None:
            more["CallSidEndingConference"] = by.leg.sid
            more["ParticipantLabelEndingConference"] = by.label
        self._tell(conference, "conference-end", "end", None, **more)

    def participant(self, conference: Conference, name: str) -> CarrierParticipant | None:
        """By SID of the leg, or by label; also who is only being rung."""
        everybody = [*conference.participants, *conference.coming]
        return next((one for one in everybody if name in (one.leg.sid, one.label)), None)

    def _forget_coming(self, conference: Conference, leg: CarrierLeg) -> None:
        """Who was rung and did not come: a conference that nobody else is in is over."""
        for one in [one for one in conference.coming if one.leg is leg]:
            conference.coming.remove(one)
            one.left.set()
            if not conference.participants and not conference.coming:
                self.end(conference, "last-participant-left", by=one)

    def _begin(self, conference: Conference) -> None:
        conference.status = "in-progress"
        for one in conference.participants:
            if not one.hold:
                self._play_apart(one, None)
        self._tell(conference, "conference-start", "start", None)

    def _take_out(self, conference: Conference, one: CarrierParticipant, reason: str) -> None:
        conference.participants.remove(one)
        self._play_apart(one, None)
        one.left.set()
        if one.beep_on_exit:
            self._beep(conference, one)
        leg = one.leg
        self._journal.write("left", sid=leg.sid, address=leg.address, conference=conference.name)
        status = "completed" if leg.ended else leg.status
        self._tell(conference, "participant-leave", "leave", one,
                   ReasonParticipantLeft=reason, ParticipantCallStatus=status)  # fmt: skip

    def _beep(self, conference: Conference, one: CarrierParticipant) -> None:
        """All who are in it hear that somebody comes or goes."""
        heard = [each.leg.address for each in conference.participants if each is not one]
        self._journal.write("beeped", sid=one.leg.sid, conference=conference.name, heard=heard)

    # ── what one of them is ─────────────────────────────────────────────────────────────────

    def hold(self, conference: Conference, one: CarrierParticipant, music: Target) -> None:
        """Music for one. The same again changes nothing; another music replaces the first."""
        changed = not one.hold
        if not changed and one.hold_music == music:
            return
        one.hold, one.hold_music = True, music
        self._play_apart(one, self._alone(one, music))
        if changed:
            self._tell_hold(conference, one)

    def resume(self, conference: Conference, one: CarrierParticipant) -> None:
        """Back among the others."""
        if not one.hold:
            return
        one.hold = False
        self._play_apart(one, None)
        if conference.status == "init":
            self._let_wait(one)
        self._tell_hold(conference, one)

    def set_muted(self, conference: Conference, one: CarrierParticipant, *, muted: bool) -> None:
        """Heard no longer, or again."""
        if one.muted == muted:
            return
        one.muted = muted
        self._tell(conference, f"participant-{'mute' if muted else 'unmute'}", "mute", one)
        self._journal.write("muted", sid=one.leg.sid, conference=conference.name, muted=muted)

    def modify(self, conference: Conference, one: CarrierParticipant, **changes: Any) -> None:
        """What leaving means, whom one coaches. Told where anything is new."""
        new = {name: value for name, value in changes.items() if getattr(one, name) != value}
        for name, value in new.items():
            setattr(one, name, value)
        if new:
            self._tell(conference, "participant-modify", "modify", one)
            self._journal.write("modified", sid=one.leg.sid, conference=conference.name, **new)

    def announce(
        self, conference: Conference, target: Target, one: CarrierParticipant | None = None
    ) -> None:
        """A document for one of them, or for all that are in it now, beside the talk."""
        listeners = [one] if one is not None else list(conference.participants)
        self._start(self._announcing(conference, listeners, target, one))

    async def _announcing(
        self,
        conference: Conference,
        listeners: list[CarrierParticipant],
        target: Target,
        one: CarrierParticipant | None,
    ) -> None:
        def still_listening() -> list[CarrierParticipant]:
            return [each for each in listeners if not each.left.is_set() and not each.hold]

        word, more = "announcement-end", {"AnnounceUrl": target.url}
        try:
            await self.follow(still_listening, target)
        except FetchFailed as fault:
            word, more["ReasonAnnouncementFailed"] = "announcement-fail", str(fault.code)
        self._tell(conference, word, "announcement", one, **more)
        sid = one.leg.sid if one else ""
        self._journal.write(word, sid=sid, conference=conference.name, url=target.url)

    # ── what one hears alone ────────────────────────────────────────────────────────────────

    def _let_wait(self, one: CarrierParticipant) -> None:
        if one.wait is not None and one.apart is None:
            self._play_apart(one, self._waiting(one, one.wait))

    async def _waiting(self, one: CarrierParticipant, music: Target) -> None:
        """Whose waiting document fails does not stay."""
        if not await self._alone(one, music):
            self.leave(one.leg, "participant_add_failed")

    async def _alone(self, one: CarrierParticipant, music: Target) -> bool:
        """Whether the document could be played to its end."""
        try:
            await self.follow(lambda: [one], music)
        except FetchFailed as fault:
            self._journal.write("error", sid=one.leg.sid, code=fault.code)
            return False
        return True

    def _play_apart(self, one: CarrierParticipant, work: Coroutine[Any, Any, Any] | None) -> None:
        """In place of what the one heard alone until now."""
        before, one.apart = one.apart, None
        if before is not None and before is not asyncio.current_task():
            before.cancel()
        if one.plays:
            one.plays = one.music = ""
            self._journal.write("apart", sid=one.leg.sid, address=one.leg.address, plays="")
        if work is not None:
            one.apart = self._start(work)

    # ── telling ─────────────────────────────────────────────────────────────────────────────

    def _tell_hold(self, conference: Conference, one: CarrierParticipant) -> None:
        word = "participant-hold" if one.hold else "participant-unhold"
        self._tell(conference, word, "hold", one)
        self._journal.write("held", sid=one.leg.sid, conference=conference.name, hold=one.hold)

    def _tell(
        self,
        conference: Conference,
        word: str,
        kind: str,
        one: CarrierParticipant | None,
        **more: str,
    ) -> None:
        conference.updated = self._clock.now()
        self.changed(conference)
        if kind not in conference.events:
            return
        fields = {
            "ConferenceSid": conference.sid,
            "FriendlyName": conference.name,
            "StatusCallbackEvent": word,
            "SequenceNumber": str(conference.sequence),
            "Timestamp": format_datetime(self._clock.now()),
            **(participant_fields(one) if one is not None else {}),
            **more,
        }
        conference.sequence += 1
        self._webhooks.report("conference", conference.callback, fields, sid=conference.sid)


async def _unheard(_listeners: Listeners, _target: Target) -> None:
    """Before the player is joined."""


def _unarranged(_conference: Conference) -> None:
    """Before there are any telephones."""
