"""What must hold after everything. Each function names what does not."""

import re

from tests.harness.ledger import in_equals_out_so_far
from tests.harness.scene import Scene

CRISIS = "select carrier_sid from call where urgency = 'crisis'"
SILENT = (
    "select number from escalation where state <> 'closed'"
    " and (next_due_at is null or next_due_at < %s - interval '60 seconds')"
)
FLAGGED = (
    "select f.id from crisis_flag f left join escalation e on e.id = f.escalation_id"
    " where e.id is null"
)
CHARGED = (
    "select o.id, coalesce(p.carrier_sid, '') from offer o"
    " left join participant p on p.offer_id = o.id"
    " where o.state in ('expired', 'declined') and o.reason in ('no_answer', 'busy')"
)
STORY = (
    "select e.at, e.kind, e.facts, c.state, c.outcome, c.id from call_event e"
    " join call c on c.id = e.call_id where c.carrier_sid = %s order by e.at"
)
OFFER = (
    "select o.offered_at, o.ended_at, o.state, o.reason, c.carrier_sid, p.id, p.carrier_sid,"
    " p.state, p.address, p.dialled_at, p.answered_at, p.ended_at, p.ended_as from offer o"
    " join call c on c.id = o.call_id left join participant p on p.offer_id = o.id where o.id = %s"
)
TALKING = (
    "select p.carrier_sid from participant p join call c on c.id = p.call_id"
    " where p.role = 'caller' and c.state = 'talking' and not p.hold_wanted and not p.held"
)


async def broken_promises(scene: Scene, pressed_nine: set[str]) -> list[str]:
    """Sentences, one for each promise that does not hold now. Empty: all hold."""
    return [
        *await in_equals_out_so_far(scene.carrier, scene.house),
        *await _unheard_danger(scene, pressed_nine),
        *await _silent_escalations(scene),
        *await _wrongly_charged(scene),
        *await _on_music(scene),
    ]


async def _unheard_danger(scene: Scene, pressed_nine: set[str]) -> list[str]:
    heard = {str(sid) for (sid,) in await scene.house.rows(CRISIS)}
    return [f"{sid} pressed 9 and is no crisis" for sid in sorted(pressed_nine - heard)]


async def _silent_escalations(scene: Scene) -> list[str]:
    now = scene.house.clock.now()
    silent = await scene.house.rows(SILENT, now)
    alone = await scene.house.rows(FLAGGED)
    return [f"escalation {number} is silent" for (number,) in silent] + [
        f"flag {flag} has no escalation" for (flag,) in alone
    ]


async def _wrongly_charged(scene: Scene) -> list[str]:
    """Only a leg that rang can have been left unanswered."""
    rang = await scene.carrier.rang()
    charged = await scene.house.rows(CHARGED)
    return [f"offer {offer} was charged, its leg never rang" for offer, sid in charged
            if sid not in rang]  # fmt: skip


async def _on_music(scene: Scene) -> list[str]:
    held = await scene.carrier.on_hold()
    talking = {str(sid) for (sid,) in await scene.house.rows(TALKING)}
    return [f"{sid} hears music, the rows say it talks" for sid in sorted(held & talking)]


async def stories_of_broken(scene: Scene, broken: list[str]) -> list[str]:
    """All that the carrier and we have written down of the calls that are named."""
    await scene.carrier.look()
    told = []
    for offer in re.findall(r"offer (\w+)", "\n".join(broken)):
        for row in await scene.house.rows(OFFER, offer):
            told += [f"we on the offer: {row}", "the carrier on that phone:"]
            told += [str(one) for one in scene.carrier.journal if one.get("address") == row[8]]
    for sid in sorted(set(re.findall(r"CA[0-9a-f]{32}", "\n".join(broken)))):
        told.append(f"the carrier on {sid}:")
        told += [str(entry) for entry in scene.carrier.journal if entry.get("sid") == sid]
        told.append(f"we on {sid}:")
        told += [str(row) for row in await scene.house.rows(STORY, sid)]
    return told
