"""The scene of escalations under eyes that miss nothing: who is told, when, and what stands behind.

Each call and each text is judged in the moment in which the carrier hears of it, by the rows of
that moment; the rest is judged after every act. `faults` are what was found.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from hotline.deliveries.by_text import ByText
from hotline.deliveries.model import Channel
from hotline.deliveries.sending import Askers, Sender
from hotline.escalations.attempts import PURPOSE
from hotline.escalations.chains.model import EMERGENCY
from hotline.escalations.letters import StationLetters
from hotline.escalations.model import EscalationEvent, EscalationState, after
from hotline.escalations.policy import ROUND_PAUSE, longest_wait
from hotline.escalations.receivers import kept_walk
from hotline.escalations.rescue import RescueLook
from hotline.escalations.station_call import StationCalls
from hotline.escalations.supervisors import FLAGGED, SupervisorCalls, SupervisorLook
from hotline.escalations.timeline import position_of
from hotline.numbers import normalised
from hotline.ports import Dial
from hotline.storage.session import Work
from hotline.storage.tables import (
    Attempt,
    Call,
    CrisisFlag,
    Delivery,
    Escalation,
    EscalationChain,
    EscalationEntry,
    Line,
    Staff,
    Station,
    StationContact,
)
from tests.fakes import FakeCarrier, FakeTextCarrier
from tests.hotline.escalations.conftest import BASE, OTHERS, EscalationScene

AT_HOME, DUTY_DESK, POLICE, TEXTS = "15400000777", "02000000010", "02000000303", "02000000055"
LATE = timedelta(seconds=1)
ONE_NUMBER = "the number of one phone"
EVENTS = {
    "escalation.acknowledged": EscalationEvent.ACKNOWLEDGED,
    "escalation.accepted": EscalationEvent.ACCEPTED,
    "escalation.given_back": EscalationEvent.GIVEN_BACK,
    "escalation.reported": EscalationEvent.REPORTED,
    "escalation.not_acknowledged": EscalationEvent.OVERDUE,
    "escalation.reopened": EscalationEvent.OVERDUE,
    "escalation.closed": EscalationEvent.CLOSED,
    "escalation.handed_to": EscalationEvent.HANDED_TO,
    "escalation.reminded": EscalationEvent.REMINDED,
    "escalation.rung": EscalationEvent.RUNG,
    "escalation.opened_again": EscalationEvent.OPENED_AGAIN,
    "escalation.on_the_way": EscalationEvent.ON_THE_WAY,
    "escalation.contact_made": EscalationEvent.CONTACT_MADE,
}
CHAIN: dict[str, Any] = {
    "name": {"zh": "危急", "en": "Imminent"},
    "level": "imminent",
    "deadline_s": 300,
    "steps": [
        {"ring": ["station"], "within_s": 90},
        {"ring": ["deputy", "head", "parent"], "within_s": 120},
        {"ring": ["city", "police", "supervisor"], "within_s": 180},
    ],
    "rescue": {"confirmed": True},
}


class WatchedLegs(FakeCarrier):
    """Whoever is rung is judged before the phone rings."""

    world: "WatchfulScene"

    async def dial(self, dial: Dial) -> str:
        await self.world.judge(dial.answer_url.split("/")[-2], dial.to)
        return await super().dial(dial)


class WatchedTexts(FakeTextCarrier):
    """Whoever is written to as well."""

    world: "WatchfulScene"

    async def send_message(self, *, to: str, from_: str, body: str, status_url: str) -> str:
        await self.world.judge(status_url.split("/")[-2], to)
        return await super().send_message(to=to, from_=from_, body=body, status_url=status_url)


class WatchfulScene(EscalationScene):
    """With texts, supervisors' phones, the police, a neighbouring station and a chain of steps."""

    def __post_init__(self) -> None:
        self.faults: list[str] = []
        self.flags: dict[str, str] = {}
        self.over: dict[str, tuple[datetime | None, int]] = {}
        assert isinstance(self.carrier, WatchedLegs)
        self.carrier.world = self
        self.texts = WatchedTexts(self.clock)
        self.texts.world = self
        super().__post_init__()
        askers = Askers(
            by_purpose={PURPOSE: StationCalls(), FLAGGED: SupervisorCalls()},
            base_url=BASE,
            writers={PURPOSE: StationLetters(BASE, self.vault)},
            channels={Channel.TEXT: ByText(self.texts)},
        )
        self.sender = Sender(
            database=self.database,
            carrier=self.carrier,
            clock=self.clock,
            askers=askers,
            sleep=_no_time,
        )
        self.dispatcher = self.another_dispatcher()
        self.others = (
            SupervisorLook(database=self.database, clock=self.clock),
            RescueLook(database=self.database, clock=self.clock),
        )

    async def furnish(self) -> None:
        await super().furnish()
        await self.add(
            Station(id="next", name="邻", name_en="N", division="45", phone="3", parent_id="city"),
            self.contact("of-next", "next", 0, OTHERS),
            Station(id="police", name="警", name_en="P", division="44", phone="4", kind="police"),
            self.contact("police", "police", 0, POLICE),
            Station(id="alone", name="孤", name_en="A", division="46", phone="5"),
            EscalationChain(id="imminent", level="imminent", document=CHAIN, version="1"),
            self.call("again"),
            self.call("other"),
            Staff(id="he", username="he", name="He", password_hash="", own_phone=AT_HOME,
                  roles=["supervisor"], lines=["12355"]),
        )  # fmt: skip
        await self.change(Line, "12355", duty_phone=DUTY_DESK, text_number=TEXTS)
        await self.change(StationContact, "duty", channels=["phone", "text"])
        for call_id in ("call", "again"):
            await self.change(Call, call_id, from_index=ONE_NUMBER)

    async def looks(self) -> None:
        """What the loop does each second, twice: what one look began, the next one sees."""
        for _ in range(2):
            await self.tick()
            for one in self.others:
                await one.tick()

    # ── while somebody is told ──────────────────────────────────────────────────────────────

    async def judge(self, delivery_id: str, to: str) -> None:
        """Somebody is about to be told. Notes what speaks against it."""
        async with self.work() as work:
            delivery = await work.get_one(Delivery, delivery_id)
            if delivery.purpose == FLAGGED:
                known, who = {AT_HOME, DUTY_DESK}, "a supervisor"
            else:
                attempt = await work.get_one(Attempt, delivery_id)
                escalation = await work.get_one(Escalation, attempt.escalation_id)
                contact = await work.get_one(StationContact, attempt.contact_id)
                known, who = await _phones_of_chain(work, escalation), contact.id
                self._judge_state(escalation, who)
                if not contact.active or contact.phone != delivery.address:
                    self.faults.append(f"{who} was told where nobody of the roster is")
            where = normalised(to)
            if where != normalised(delivery.address) or delivery.address not in known:
                self.faults.append(f"{who} at {to} is outside the chain")

    def _judge_state(self, escalation: Escalation, who: str) -> None:
        over = escalation.acknowledged_at or escalation.closed_at
        open_still = escalation.state == EscalationState.OPEN
        if not open_still and over is not None and self.clock.now() > over + LATE:
            self.faults.append(f"{who} was told {self.clock.now() - over} after {escalation.state}")

    # ── after every act ─────────────────────────────────────────────────────────────────────

    async def check(self) -> None:
        """All that must hold between two acts."""
        async with self.work() as work:
            escalations = (await work.exec(select(Escalation))).all()
            flags = (await work.exec(select(CrisisFlag))).all()
            for one in escalations:
                _check_deadline(one, self.clock.now())
                entries = await _timeline_of(work, one)
                _check_timeline(one, entries)
                await self._check_asked(work, one)
        assert {flag.client_key: flag.escalation_id for flag in flags} == self.flags
        assert {one.id for one in escalations} == set(self.flags.values())
        assert not self.faults, self.faults

    async def _check_asked(self, work: Work, escalation: Escalation) -> None:
        """Nobody is asked for who would come after the acknowledgement, nor does one wait."""
        if escalation.state == EscalationState.OPEN:
            self.over.pop(escalation.id, None)
            return
        query = select(Delivery).join(Attempt, col(Attempt.id) == col(Delivery.id))
        found = (await work.exec(query.where(Attempt.escalation_id == escalation.id))).all()
        assert [one.id for one in found if one.state == "pending"] == [], "it waits for nobody"
        since, asked = self.over.setdefault(escalation.id, (escalation.acknowledged_at, len(found)))
        if since == escalation.acknowledged_at:  # else it was open meanwhile, within one act
            assert len(found) == asked, f"asked for after it was {escalation.state}"
        self.over[escalation.id] = escalation.acknowledged_at, len(found)


async def _no_time(_seconds: float) -> None:
    """A rest that is over at once."""


async def _phones_of_chain(work: Work, escalation: Escalation) -> set[str]:
    """Of the station that answers for it, of those above it, and of who comes when life is in
    danger: the active contacts of this moment. Written anew here, as a second opinion."""
    parents: dict[str, str | None] = dict(
        (await work.exec(select(Station.id, Station.parent_id))).all()
    )
    stations: list[str] = []
    here: str | None = escalation.station_id
    while here is not None and here not in stations:
        stations.append(here)
        here = parents[here]
    emergency = select(Station.id).where(col(Station.kind).in_(EMERGENCY))
    if escalation.policy:
        stations += (await work.exec(emergency)).all()
    query = select(StationContact.phone).where(
        col(StationContact.station_id).in_(stations), col(StationContact.active)
    )
    return set((await work.exec(query)).all())


async def _timeline_of(work: Work, escalation: Escalation) -> Sequence[EscalationEntry]:
    query = select(EscalationEntry).where(EscalationEntry.escalation_id == escalation.id)
    return (await work.exec(query.order_by(col(EscalationEntry.id)))).all()


def _check_deadline(escalation: Escalation, now: datetime) -> None:
    if escalation.state == EscalationState.CLOSED:
        assert escalation.next_due_at is None
        return
    assert escalation.next_due_at is not None, "it is open and nobody is to look at it"
    walk, state = kept_walk(escalation), EscalationState(escalation.state)
    steps = [step.within for step in walk.steps] if state is EscalationState.OPEN else []
    longest = max([ROUND_PAUSE, longest_wait(state, walk, position_of(escalation)), *steps])
    assert escalation.next_due_at <= now + longest, f"{state}: nobody looks at it in time"


def _check_timeline(escalation: Escalation, entries: Sequence[EscalationEntry]) -> None:
    """Told again from its timeline alone, it stands where its row says."""
    assert "escalation.raised" in [entry.kind for entry in entries]
    state, told = EscalationState.OPEN, 0
    for entry in entries:
        event = EVENTS.get(entry.kind)
        if event is not None:
            state, told = after(state, event), told + 1
    assert state == escalation.state
    assert escalation.version <= told, "something moved it and nobody wrote it down"
