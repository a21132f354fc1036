"""A floor on which anybody does anything in any order, over the wire and by looks of ours."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import and_
from sqlmodel import col, select

from hotline.callcontrol.dialler import Dialler
from hotline.callcontrol.model import Proof
from hotline.callcontrol.offers import accept_offer, refuse_offer
from hotline.callcontrol.participants import lock_participant, prove_person
from hotline.callcontrol.sweep import Sweep
from hotline.callcontrol.talks import counselor_lost, join_talk
from hotline.calls.model import CallState, OfferState
from hotline.calls.service import lock_call
from hotline.escalations.deadlines import Deadlines
from hotline.ports import Dial, LegStatus
from hotline.settings import Settings
from hotline.staff.model import Role
from hotline.staff.presence import due_to_be_looked_after, look_after
from hotline.storage.session import Database
from hotline.storage.tables import (
    Call,
    Callback,
    Escalation,
    Line,
    Offer,
    Participant,
    PhoneNumber,
    Presence,
    Staff,
    StationContact,
)
from hotline.switchboard.alarm import look_at_alarms
from hotline.switchboard.claims import Proposal, claim_offers
from hotline.switchboard.leadership import leadership
from hotline.web.app import create_app
from routing.engine import Flag
from tests.fakes import FakeCarrier, FakeClock, FakeLeg
from tests.hotline.database_clock import moved_database_clock, set_database_clock
from tests.hotline.web.api.conftest import SITE, ApiScene, client_of, house_on
from tests.hotline.web.voice.conftest import (
    ACCOUNT,
    DIALLED,
    FLOW,
    TOKEN,
    VoiceScene,
    leads_to,
)

COUNSELORS = ("li", "chen", "wong", "sun")
IN_ORDER: dict[Any, tuple[Any, ...]] = {
    Call: (Call.arrived_at, Call.carrier_sid),
    Callback: (Callback.place_at, Callback.line_id),
    Escalation: (Escalation.created_at, Escalation.station_id),
    Offer: (Offer.offered_at, Offer.staff_id),
    Presence: (Presence.staff_id,),
}
LEGAL: dict[str, Any] = {"id": "legal", "name": "法律", "name_en": "Legal", "number_shown": "2"}


class FloorHistory:
    """The house, its callers and people; `seed` decides what each does next."""

    def __init__(self, scene: ApiScene, voice: VoiceScene, seed: int) -> None:
        self.scene, self.voice, self.random = scene, voice, random.Random(seed)  # noqa: S311 – a story
        self.clock, self.database = scene.clock, scene.house.database
        self.documents: dict[str, str] = {}
        self.done: list[str] = []
        self.carrier = FakeCarrier(self.clock)
        self.dialler = Dialler(
            database=self.database,
            carrier=self.carrier,
            clock=self.clock,
            vault=scene.house.vault,
            base_url=SITE,
        )
        self.sweep = Sweep(self.database, self.dialler, self.carrier)
        self.deadlines = Deadlines(database=self.database, clock=self.clock)

    async def begins(self) -> None:
        """Two lines, four counselors, and li's talk."""
        await self.scene.furnish()
        await self.scene.add(Line(**LEGAL), PhoneNumber(number=DIALLED, line_id="youth"))
        for line in ("youth", "legal"):
            await self.scene.change(Line, line, flow=FLOW, flow_version="v")
        for name in ("wong", "sun"):
            await self.scene.hires(name, Role.COUNSELOR)
        for name in ("sun", "he"):
            await self.scene.change(Staff, name, lines=["youth", "legal"])
        for sid in ("CA-call", "CA-of-li"):
            self._picks_up(sid)
        self.documents["CA-call"] = "<Conference"
        for station, phone in (("tianhe", "02000000203"), ("haizhu", "02000000204")):
            contact: dict[str, Any] = {"name": "n", "phone": phone, "pin_hash": ""}
            await self.scene.add(
                StationContact(id=f"at-{station}", station_id=station, rank=1, **contact)
            )
        for name in COUNSELORS:
            skills = {"languages": {"cmn": 5}, "certified": name in ("li", "sun")}
            await self.scene.change(Staff, name, skills=skills)

    async def goes_on(self) -> None:
        """Time passes, and something happens; much of it is refused, as by people."""
        self.clock.advance(self.random.choice([0.25, 1, 3, 7.5, 20, 45, 120, 400, 1500]))
        await set_database_clock(self.database, self.clock.now())
        act = self.random.choice(ACTS)
        self.done.append(act.__name__)
        await act(self)
        await self.dialler.jobs.settled()

    # ── callers ─────────────────────────────────────────────────────────────────────────────────

    async def calls(self) -> None:
        """Somebody dials the line."""
        number = f"1380013{self.random.randrange(4):04}"
        sid = self._picks_up(f"CA-{len(self.carrier.legs)}-child")
        self.documents[sid] = await self.voice.child_calls(CallSid=sid, From=number)

    async def calls_in_vain(self) -> None:
        """Again and again somebody hangs up at once; then they wait."""
        for n in range(4):
            sid = self._picks_up(f"CA-{len(self.carrier.legs)}-afraid")
            await self.voice.child_calls(CallSid=sid, From="13800138999")
            self.documents[sid] = await self.voice.asks(
                leads_to(self.voice.document), CallSid=sid, Digits="1"
            )
            if n < 3:
                await self.voice.reports("/voice/status", CallSid=sid, CallStatus="completed")
                del self.documents[sid]

    async def listens(self) -> None:
        """A caller is silent, or presses a key, at what they heard last."""
        sid = self._one_of(sorted(self.documents))
        if sid is None:
            return
        self.voice.document = self.documents[sid]
        if "<Hangup" in self.voice.document or "<Conference" in self.voice.document:
            return
        if "<Record" in self.voice.document:
            left = {"RecordingSid": f"RE-{sid}", "RecordingDuration": "12"}
            self.documents[sid] = await self.voice.asks(
                leads_to(self.voice.document), CallSid=sid, **left
            )
            return
        key = self.random.choice(["", "", "", "1", "2", "3", "5", "9", "0"])
        asked = {"CallSid": sid} | ({"Digits": key} if key else {})
        self.documents[sid] = await self.voice.asks(leads_to(self.voice.document), **asked)

    async def hangs_up(self) -> None:
        """A caller's leg is over."""
        if (sid := self._one_of(sorted(self.documents))) is not None:
            del self.documents[sid]
            self._leg(sid).status = LegStatus.COMPLETED
            await self.voice.reports("/voice/status", CallSid=sid, CallStatus="completed")

    # ── counselors ──────────────────────────────────────────────────────────────────────────────

    async def chooses(self) -> None:
        """A counselor says what they do now."""
        state = self.random.choice(["ready", "ready", "ready", "paused", "offline"])
        reason = {"reason": "meal"} if state == "paused" else {}
        await self._asks(self._counselor(), "PUT", "/me/presence", {"state": state, **reason})

    async def is_offered(self) -> None:
        """The switchboard's decision, whoever fits."""
        call = await self._any(Call, Call.state == CallState.WAITING)
        ready = await self._any(Presence, Presence.state == "ready")
        if call is None or ready is None:
            return
        stage: dict[str, Any] = {"stage": "anyone", "flag": Flag.READY, "facts": {}}
        proposal = Proposal(call_id=call.id, staff_id=ready.staff_id, **stage)
        async with leadership(self.database) as lead:
            await claim_offers(lead, [proposal], (), at=self.clock.now())

    async def answers(self) -> None:
        """Whose phone rings takes the call, and mostly the caller is brought in."""
        offer = await self._any(Offer, Offer.state == OfferState.PENDING)
        if offer is None:
            return
        async with self.database.work() as work:
            call = await lock_call(work, offer.call_id)
            query = select(Participant).where(Participant.offer_id == offer.id)
            leg = await lock_participant(work, (await work.exec(query)).one().id)
            self._picks_up(leg.carrier_sid or "")
            prove_person(leg, Proof.BROWSER)
            taken = await accept_offer(work, leg, at=self.clock.now())
            if taken and self.random.random() < 0.8:
                await join_talk(work, call, at=self.clock.now())

    async def declines(self) -> None:
        """Or does not."""
        offer = await self._any(Offer, Offer.state == OfferState.PENDING)
        if offer is not None:
            state = self.random.choice([OfferState.DECLINED, OfferState.EXPIRED, OfferState.FAILED])
            how: dict[str, Any] = {"at": self.clock.now(), "reason": "no_answer"}
            async with self.database.work() as work:
                await refuse_offer(work, offer.call_id, offer.id, state, **how)

    async def breaks_off(self) -> None:
        """A counselor's line drops."""
        call = await self._any(Call, Call.state == CallState.TALKING)
        if call is not None:
            async with self.database.work() as work:
                await counselor_lost(work, await lock_call(work, call.id), at=self.clock.now())

    async def ends(self) -> None:
        """A counselor ends the talk."""
        call = await self._any(Call, Call.state == CallState.TALKING)
        if call is not None and call.counselor_id:
            await self._asks(call.counselor_id, "POST", f"/calls/{call.id}/end")

    async def writes(self) -> None:
        """A counselor saves a record, perhaps of great risk."""
        call = await self._any(Call, col(Call.counselor_id).is_not(None))
        if call is not None:
            risk = self.random.choice(["low", "high", "imminent"])
            body = {"contact_type": "self", "risk": risk, "disposition": "listened"}
            await self._asks(call.counselor_id, "PUT", f"/calls/{call.id}/record", body)

    async def swaps(self) -> None:
        """Somebody lets a colleague have their break first."""
        giver, taker = self.random.sample(COUNSELORS, 2)
        await self._asks("he", "POST", "/breaks/swaps", {"giver": giver, "taker": taker})

    # ── danger ──────────────────────────────────────────────────────────────────────────────────

    async def flags(self) -> None:
        """A counselor or a supervisor says that a child is in danger."""
        call = await self._any(Call, Call.state != CallState.ENDED)
        if call is not None:
            level = self.random.choice(["high", "imminent"])
            who = call.counselor_id or "he"
            await self._asks(who, "POST", f"/calls/{call.id}/flags", {"level": level})

    async def station_acts(self) -> None:
        """The station answers, goes on, or gives it back."""
        found = await self._any(Escalation, Escalation.state != "closed")
        if found is None:
            return
        further = {"open": "acknowledge", "acknowledged": "accept", "accepted": "report"}
        act = self.random.choice([further.get(found.state, "close"), "return", "hand-to"])
        who = "he" if act in ("close", "hand-to") else "tianhe"
        body = {"text": "so it is"} | ({"station": "haizhu"} if act == "hand-to" else {})
        await self._asks(who, "POST", f"/escalations/{found.id}/{act}", body)

    # ── supervisors ─────────────────────────────────────────────────────────────────────────────

    async def directs_caller(self) -> None:
        """A supervisor puts a caller ahead, elsewhere, or among those in danger."""
        crisis = self.random.random() < 0.2
        of = col(Call.urgency) == ("crisis" if crisis else "routine")
        call = await self._any(Call, and_(col(Call.state) == CallState.WAITING, of))
        if call is None:
            return
        to = {"line": self.random.choice(["youth", "legal"]), "counselor": self._counselor()}
        path, body = self.random.choice(
            [
                ("priority", {"priority": "ahead"}),
                ("priority", {"priority": "ahead"}),
                ("priority", {"priority": "crisis"}),
                ("move", {"counselor": to["counselor"]}),
                ("move", {"line": to["line"]}),
            ]
        )
        await self._asks("he", "POST", f"/floor/callers/{call.id}/{path}", {**body, "reason": "x"})

    async def directs_people(self) -> None:
        """A supervisor says what somebody does, or can do."""
        who = {"people": [self._counselor()], "reason": "x"}
        state = self.random.choice(["ready", "paused", "offline"])
        skills: dict[str, Any] = {"languages": {"yue": 3}}
        path, body = self.random.choice([("presences", {"state": state}), ("skills", skills)])
        await self._asks("he", "POST", f"/floor/{path}", {**who, **body})

    async def looks_after_callbacks(self) -> None:
        """Somebody closes what is owed."""
        owed = await self._any(Callback, Callback.state == "open")
        if owed is not None:
            body = {"closed_as": "not_needed"}
            await self._asks("he", "POST", f"/callbacks/{owed.id}/close", body)

    async def account_changes(self) -> None:
        """The files take a line from somebody, or give it back, or cannot be read."""
        lines = self.random.choice([["youth"], ["legal"], ["youth", "legal"]])
        skills = self.random.choice([{"languages": {"cmn": 5}}, {"languages": {"cmn": "well"}}])
        active = self.random.random() < 0.8
        await self.scene.change(Staff, "wong", lines=lines, active=active, skills=skills)

    # ── looks ───────────────────────────────────────────────────────────────────────────────────

    async def alarms(self) -> None:
        """Callers whom nobody takes."""
        async with leadership(self.database) as lead:
            await look_at_alarms(self.database, lead, self.dialler, at=self.clock.now())

    async def sweeps(self) -> None:
        """What each second is looked at: overdue offers, silent legs, reliefs, deadlines."""
        now = self.clock.now()
        await self.sweep.look(at=now)
        async with self.database.work() as work:
            due = await due_to_be_looked_after(work, at=now)
        for name in sorted(set(due)):
            async with self.database.work() as work:
                await look_after(work, name, at=now)
        await self.deadlines.tick()

    # ── short words ─────────────────────────────────────────────────────────────────────────────

    def _picks_up(self, sid: str) -> str:
        """The carrier knows this leg, and somebody is on it."""
        if sid not in [one.sid for one in self.carrier.legs]:
            dial = Dial(to="", from_="", answer_url="", status_url="", ring_s=0)
            self.carrier.legs.append(FakeLeg(sid, dial, self.clock.now()))
        self._leg(sid).status = LegStatus.UP
        return sid

    def _leg(self, sid: str) -> FakeLeg:
        return next(one for one in self.carrier.legs if one.sid == sid)

    def _counselor(self) -> str:
        return self.random.choice(COUNSELORS)

    def _one_of(self, found: list[Any]) -> Any:
        return self.random.choice(found) if found else None

    async def _any(self, table: Any, which: Any) -> Any:
        """One of those, in an order that is the same in each run."""
        query = select(table).where(which).order_by(*IN_ORDER[table])
        async with self.database.work() as work:
            return self._one_of(list((await work.exec(query)).all()))

    async def _asks(self, who: str, method: str, path: str, body: Any = None) -> None:
        answer = await self.scene.person(who).asks(method, path, body)
        assert answer.status_code < 500, f"{path}: {answer.text}"


Act = Callable[[FloorHistory], Awaitable[None]]
OFTEN: tuple[Act, ...] = (
    FloorHistory.calls,
    FloorHistory.listens,
    FloorHistory.chooses,
    FloorHistory.is_offered,
    FloorHistory.answers,
    FloorHistory.sweeps,
)
ACTS: tuple[Act, ...] = (
    *OFTEN,
    *OFTEN,
    FloorHistory.calls_in_vain,
    FloorHistory.hangs_up,
    FloorHistory.declines,
    FloorHistory.breaks_off,
    FloorHistory.ends,
    FloorHistory.writes,
    FloorHistory.swaps,
    FloorHistory.flags,
    FloorHistory.station_acts,
    FloorHistory.directs_caller,
    FloorHistory.directs_people,
    FloorHistory.looks_after_callbacks,
    FloorHistory.account_changes,
    FloorHistory.alarms,
)


@asynccontextmanager
async def a_history(database: Database, clock: FakeClock, seed: int) -> AsyncIterator[FloorHistory]:
    """A furnished house whose database has its clock; afterwards its clock runs as before."""
    settings = Settings(
        public_url=SITE,
        second_factor="off",
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
    )
    house = house_on(database, clock, settings)
    app = create_app(house)
    async with moved_database_clock(database, clock.now()), client_of(app) as http:
        scene = ApiScene(house, clock, app, http)
        history = FloorHistory(scene, VoiceScene(house, clock, http), seed)
        try:
            await history.begins()
            yield history
        finally:
            await history.dialler.stop()
            await house.unstored.stop(patience_s=0)
