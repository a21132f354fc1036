"""What clients were told of flags, what the database holds and what the carrier did: one story.

The invariants of an escalation, by their numbers. `breaches_of` is pure: it compares accounts;
`EscalationLedger` keeps them in a story and reads them at its end.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import httpx

from hotline.audit.chain import audit_keys_of
from hotline.audit.verifying import ChainBroken, verify_chain
from hotline.escalations.model import EscalationState
from hotline.escalations.policy import USUAL_WAITS, WAIT_KEYS
from hotline.settings import Settings
from hotline.storage.opening import patient_database
from tests.harness.house import Staff
from tests.harness.marks import in_addresses, in_files, in_redis
from tests.harness.scene import Scene

MARK = "marker-says-she-has-taken-pills"
STILL_SENT = timedelta(seconds=1)  # after an acknowledgement
OPEN_AGAIN = ("reopened", "given_back", "handed_to", "opened_again")
UNSENT = ("pending", "submitting", "unknown")
AT_CARRIER = ("submitted", "answered", "delivered", "acknowledged")


class FlagTold(NamedTuple):
    """A 2xx: this intent is this escalation."""

    client_key: str
    escalation_id: str


class FlagKept(NamedTuple):
    """A flag as its row is."""

    client_key: str
    escalation_id: str


class EscalationKept(NamedTuple):
    """An escalation as its row is."""

    id: str
    state: str
    step: int
    round: int
    policy: Mapping[str, Any]
    next_due_at: datetime | None


class AttemptKept(NamedTuple):
    """An attempt with its delivery, as their rows are."""

    id: str
    escalation_id: str
    step: int
    round: int
    channel: str
    address: str
    state: str
    tries: int
    carrier_sid: str | None


class EntryKept(NamedTuple):
    """A line of a timeline."""

    escalation_id: str
    at: datetime
    kind: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Accounts:
    """All that is compared. `journal`: the carrier's. `kills`: processes that were killed."""

    now: datetime
    told: Sequence[FlagTold]
    flags: Sequence[FlagKept]
    escalations: Sequence[EscalationKept]
    attempts: Sequence[AttemptKept]
    timeline: Sequence[EntryKept]
    journal: Sequence[Mapping[str, Any]]
    kills: int = 0
    audit_fault: str = ""
    marks_found: Sequence[str] = ()


def breaches_of(accounts: Accounts) -> list[str]:
    """Sentences, one for each thing that does not fit. Empty: all holds."""
    return [
        *_told_and_not_kept(accounts),
        *_without_deadline(accounts),
        *_never_brought_to_the_carrier(accounts),
        *_sent_after_acknowledgement(accounts),
        *_rung_too_often(accounts),
        *([f"I8: {accounts.audit_fault}"] if accounts.audit_fault else []),
        *(f"I10: {found}" for found in accounts.marks_found),
    ]


def _told_and_not_kept(accounts: Accounts) -> Iterator[str]:
    kept: dict[str, set[str]] = {}
    for flag in accounts.flags:
        kept.setdefault(flag.client_key, set()).add(flag.escalation_id)
    for told in accounts.told:
        if kept.get(told.client_key) != {told.escalation_id}:
            yield f"I1: {told.client_key} was told {told.escalation_id}, kept is another story"
    known = {one.id for one in accounts.escalations}
    flagged = {flag.escalation_id for flag in accounts.flags}
    yield from (f"I1: flag of no escalation {one}" for one in sorted(flagged - known))
    yield from (f"I1: escalation {one} of no flag" for one in sorted(known - flagged))
    keys = Counter(flag.client_key for flag in accounts.flags)
    yield from (f"I1: {key} is kept {count} times" for key, count in keys.items() if count > 1)


def _without_deadline(accounts: Accounts) -> Iterator[str]:
    for one in accounts.escalations:
        if one.state == EscalationState.CLOSED:
            continue
        state = EscalationState(one.state)
        usual = USUAL_WAITS[state].total_seconds()
        longest = timedelta(seconds=float(one.policy.get(WAIT_KEYS[state], usual)))
        if one.next_due_at is None:
            yield f"I2: {one.id} has no deadline"
        elif one.next_due_at > accounts.now + longest:
            yield f"I2: {one.id} waits longer than any step"


def _never_brought_to_the_carrier(accounts: Accounts) -> Iterator[str]:
    """A step with nobody to ring tells so in the timeline."""
    there = {entry["sid"] for entry in accounts.journal if entry["kind"] == "leg"}
    asked_for = {attempt_id for sid, attempt_id in _asked_for_stations(accounts) if sid in there}
    told = {(one.escalation_id, one.kind) for one in accounts.timeline}
    for one in accounts.attempts:
        if one.state in UNSENT:
            yield f"I3: attempt {one.id} is {one.state} still"
        elif one.state == "dead" and (one.escalation_id, "supervisors.paged") not in told:
            yield f"I3: attempt {one.id} was given up and nobody was told"
        elif _is_a_ring(one) and one.carrier_sid not in there and one.id not in asked_for:
            yield f"I3: attempt {one.id} is {one.state}, the carrier never had it"
    tried = {(one.escalation_id, one.step, one.round) for one in accounts.attempts}
    for row in accounts.escalations:
        nobody = (row.id, "escalation.step_skipped") in told or (
            row.id,
            "supervisors.paged",
        ) in told
        if row.round >= 0 and (row.id, row.step, row.round) not in tried and not nobody:
            yield f"I3: nobody was rung in step {row.step} of {row.id}"


def _is_a_ring(one: AttemptKept) -> bool:
    """By what we say of it."""
    return one.state in AT_CARRIER and one.channel == "phone"


def _sent_after_acknowledgement(accounts: Accounts) -> Iterator[str]:
    acknowledged: dict[str, datetime] = {}
    for entry in accounts.timeline:
        if entry.kind == "escalation.acknowledged":
            acknowledged[entry.escalation_id] = entry.at
        elif entry.kind in {f"escalation.{kind}" for kind in OPEN_AGAIN}:
            acknowledged.pop(entry.escalation_id, None)
        elif entry.kind == "attempt.claimed":
            taken_at = acknowledged.get(entry.escalation_id, entry.at)
            if entry.at > taken_at + STILL_SENT:
                yield f"I4: {entry.facts['attempt_id']} was sent after the acknowledgement"


def _rung_too_often(accounts: Accounts) -> Iterator[str]:
    """No more legs than were claimed, and each belongs to a delivery that we know."""
    phones = [one for one in accounts.attempts if one.channel == "phone"]
    legs = {
        entry["sid"]: entry["to"]
        for entry in accounts.journal
        if entry["kind"] == "leg" and entry["direction"] != "inbound"
    }
    rung = Counter(legs.values())
    ours, claims = Counter(one.address for one in phones), Counter[str]()
    for one in phones:
        claims[one.address] += one.tries
    for address, count in ours.items():
        if rung[address] > count + accounts.kills:
            yield f"I5: {rung[address]} legs to one phone for {count} deliveries"
        if rung[address] > claims[address]:
            yield f"I4: {rung[address]} legs to one phone, {claims[address]} were claimed"
    known = {one.id for one in accounts.attempts}
    for sid, attempt_id in _asked_for_stations(accounts):
        if attempt_id not in known:
            yield f"I5: leg {sid} rings for {attempt_id}, which is no delivery of ours"


def _asked_for_stations(accounts: Accounts) -> set[tuple[str, str]]:
    """Leg and attempt, by the addresses that the carrier asked."""
    place = "/voice/stations/"
    asked = [one for one in accounts.journal if one["kind"] == "webhook" and place in one["url"]]
    return {(one["sid"], one["url"].partition(place)[2].partition("/")[0]) for one in asked}


FLAGS = "select client_key, escalation_id from crisis_flag"
ESCALATIONS = "select id, state, step, round, policy, next_due_at from escalation"
ATTEMPTS = (
    "select a.id, a.escalation_id, a.step, a.round, d.channel, d.address, d.state, d.tries,"
    " d.carrier_sid from attempt a join delivery d on d.id = a.id"
)
TIMELINE = "select escalation_id, at, kind, facts from escalation_event order by id"
AT_REST = (
    "select 1 where not exists (select 1 from attempt a join delivery d on d.id = a.id"
    " where d.state in ('pending', 'submitting', 'unknown'))"
    " and not exists (select 1 from audit_entry where seq is null)"
)


@dataclass
class EscalationLedger:
    """Of one story. `kills`: processes that were killed in it, each of which may ring twice."""

    scene: Scene
    kills: int = 0
    told: list[FlagTold] = field(default_factory=list)

    async def flags(
        self, who: Staff, call: str, *, level: str = "imminent", key: str = "intent-1"
    ) -> int:
        """Somebody raises a flag. The status; 0 where no answer came."""
        body = {"level": level, "summary": MARK, "client_key": key}
        try:
            answer = await who.tries("POST", f"/calls/{call}/flags", body)
        except httpx.TransportError:
            return 0
        if answer.is_success:
            self.told.append(FlagTold(key, answer.json()["escalation_id"]))
        return answer.status_code

    async def holds(self) -> None:
        """Once everything came to rest. Fails with every breach named."""
        await self.scene.until(AT_REST)
        broken = breaches_of(await self._accounts())
        assert not broken, "\n".join([*broken, self.scene.carrier.story()])

    async def _accounts(self) -> Accounts:
        rows, house = self.scene.house.rows, self.scene.house
        await self.scene.carrier.look()
        redis = house.env["HOTLINE_REDIS_URL"]
        return Accounts(
            now=house.clock.now(),
            told=self.told,
            flags=[FlagKept(*row) for row in await rows(FLAGS)],
            escalations=[EscalationKept(*row) for row in await rows(ESCALATIONS)],
            attempts=[AttemptKept(*row) for row in await rows(ATTEMPTS)],
            timeline=[EntryKept(*row) for row in await rows(TIMELINE)],
            journal=self.scene.carrier.journal,
            kills=self.kills,
            audit_fault=await self._audit_fault(),
            marks_found=[
                *in_files(house.logs, [MARK]),
                *in_redis(redis, [MARK]),
                *in_addresses(self.scene, [MARK]),
            ],
        )

    async def _audit_fault(self) -> str:
        """What `hotline audit` would say."""
        env = self.scene.house.env
        settings = Settings(
            secret_key=env["HOTLINE_SECRET_KEY"], encryption_keys=env["HOTLINE_ENCRYPTION_KEYS"]
        )
        database = patient_database(env["HOTLINE_DATABASE_URL"])
        try:
            async with database.work() as work:
                await verify_chain(work, audit_keys_of(settings), [], tell=lambda _: None)
        except ChainBroken as fault:
            return str(fault)
        finally:
            await database.close()
        return ""
