"""A caller whom nobody takes, and the switchboard that looks each second."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from hotline.callcontrol.dialler import Dialler
from hotline.callcontrol.legs import leg_ended
from hotline.callcontrol.model import Proof
from hotline.callcontrol.offers import accept_offer
from hotline.callcontrol.participants import lock_participant, prove_person
from hotline.callcontrol.sweep import Sweep
from hotline.calls.service import lock_call
from hotline.ports import LegStatus
from hotline.storage.tables import Call, CallEntry, Participant
from hotline.storage.vault import Vault, make_key
from hotline.switchboard.alarm import look_at_alarms
from hotline.switchboard.leadership import Lead
from tests.fakes import NOON, FakeCarrier

if TYPE_CHECKING:
    from tests.hotline.switchboard.conftest import SwitchboardScene

DUTY, SUPERVISOR, AT_HOME = "02000000010", "02000000011", "15400000301"
BASE = "https://line.example"


@dataclass
class AlarmScene:
    """A line with a duty phone and a supervisor's, and the switchboard that looks each second."""

    floor: "SwitchboardScene"
    lead: Lead
    carrier: FakeCarrier
    dialler: Dialler

    async def waits(self, call_id: str = "c1", **values: Any) -> None:
        """A child in danger waits since noon, and was looked at once."""
        danger = {"urgency": "crisis", "alarm_since": NOON, **values}
        await self.floor.caller(call_id, **danger)
        await self.looks()

    async def is_at_home(self, staff_id: str, phone: str = AT_HOME, **staff: Any) -> None:
        """A counselor who is off duty, and may be rung."""
        account = {"own_phone": phone, "rings_off_duty": True, "roles": ["counselor"], **staff}
        await self.floor.counselor(staff_id, "offline", staff=account)

    async def looks(self) -> None:
        """One look at everything, as each second; what it asks of the carrier is done."""
        now = self.floor.clock.now()
        await look_at_alarms(self.floor.database, self.lead, self.dialler, at=now)
        await Sweep(self.floor.database, self.dialler, self.carrier).tend_participants()
        await self.dialler.jobs.settled()

    async def passes(self, seconds: float) -> None:
        """Time passes, with a look at its end."""
        self.floor.clock.advance(seconds)
        await self.looks()

    async def leg(self, phone: str = DUTY) -> Participant:
        """Whoever was rung last at this phone."""
        rung = [one for one in await self.legs() if one.address == phone]
        return rung[-1]

    async def legs(self) -> list[Participant]:
        """Everybody who was rung, in order."""
        query = select(Participant).order_by(col(Participant.created_at), col(Participant.id))
        async with self.floor.database.work() as work:
            return list((await work.exec(query.where(Participant.role == "counselor"))).all())

    async def takes(self, phone: str = DUTY) -> bool:
        """Whoever answered this phone presses the key."""
        one = await self.leg(phone)
        async with self.floor.database.work() as work:
            await lock_call(work, one.call_id)
            leg = await lock_participant(work, one.id)
            prove_person(leg, Proof.KEY)
            return await accept_offer(work, leg, at=self.floor.clock.now())

    async def ends(self, phone: str = DUTY, status: LegStatus = LegStatus.NO_ANSWER) -> None:
        """The carrier says that the phone rings no more."""
        one = await self.leg(phone)
        async with self.floor.database.work() as work:
            await lock_call(work, one.call_id)
            leg = await lock_participant(work, one.id)
            await leg_ended(work, leg, status=status, at=self.floor.clock.now())

    async def call(self, call_id: str = "c1") -> Call:
        """The child's call as it is now."""
        async with self.floor.database.work() as work:
            return await work.get_one(Call, call_id)

    async def told(self) -> list[tuple[str, Any]]:
        """What the timeline tells of the alarm."""
        entries = [one for one in await self.floor.all_of(CallEntry) if "alarm." in one.kind]
        return [(one.kind, one.facts.get("step")) for one in entries]


def new_dialler(floor: "SwitchboardScene", carrier: FakeCarrier) -> Dialler:
    """What a leader asks the carrier through."""
    return Dialler(
        database=floor.database,
        carrier=carrier,
        clock=floor.clock,
        vault=Vault(make_key()),
        base_url=BASE,
    )
