"""Rows and carrier agree: who is in which talk, on hold or not, heard by whom; nobody is alone."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.harness.ledger import in_equals_out_so_far
from tests.harness.scene import SID, TOKEN, Scene

ROUNDS, ROUND_S = 16, 5.0
FINAL = ("completed", "busy", "no-answer", "failed", "canceled")
ROWS = (
    "select p.role, p.name, p.state, p.wanted, p.carrier_sid, c.id, p.hold_wanted, p.held,"
    " p.voice_wanted, p.voice, p.ends_wanted, p.ends"
    " from participant p join call c on c.id = p.call_id where p.state <> 'ended'"
)
TALKING_ALONE = (
    "select s.username from presence r join staff s on s.id = r.staff_id"
    " where r.state = 'talking' and not exists (select 1 from participant p"
    " where p.call_id = r.call_id and p.staff_id = r.staff_id and p.state <> 'ended')"
)
RUNG_FOR_NOTHING = (
    "select s.username from presence r join staff s on s.id = r.staff_id"
    " where r.state = 'offered' and not exists (select 1 from offer o"
    " where o.staff_id = r.staff_id and o.state = 'pending')"
)


class Known(NamedTuple):
    """A participant whose leg is not over, as we have it."""

    role: str
    name: str
    state: str
    wanted: str
    sid: str
    call_id: str
    hold_wanted: bool
    held: bool | None
    voice_wanted: str
    voice: str | None
    ends_wanted: bool
    ends: bool | None


async def all_agree(scene: Scene) -> None:
    """Within eighty seconds of the moved clock. Fails with every difference named."""
    found = ["nothing was looked at"]
    for _ in range(ROUNDS):
        found = await disagreements(scene)
        if not found:
            return
        await scene.passes(ROUND_S)
    raise AssertionError("\n".join([*found, scene.carrier.story()]))


async def disagreements(scene: Scene) -> list[str]:
    """Sentences, one for each thing that is not as it should be at rest."""
    rows = [Known(*row) for row in await scene.house.rows(ROWS)]
    seats = await _seats(scene)
    return [
        *(fault for row in rows for fault in _of_row(row, seats.get(row.sid))),
        *(f"{sid} is in a talk of which no row tells" for sid in _others(rows, seats)),
        *await in_equals_out_so_far(scene.carrier, scene.house),
        *await _of_conferences(scene),
        *await _of_legs(scene, seats),
        *[f"{who} counts as talking" for (who,) in await scene.house.rows(TALKING_ALONE)],
        *[f"{who} counts as rung" for (who,) in await scene.house.rows(RUNG_FOR_NOTHING)],
    ]


def _others(rows: list[Known], seats: dict[str, dict[str, Any]]) -> set[str]:
    return set(seats) - {row.sid for row in rows}


def _of_row(row: Known, seat: dict[str, Any] | None) -> Iterator[str]:
    who = f"{row.role} {row.name}"
    if row.state != "in_talk" or row.wanted != "in":
        yield f"{who} is {row.state} and wanted {row.wanted}"
    elif seat is None:
        yield f"{who} is in the talk by the rows alone"
    else:
        if seat["conference"] != f"call-{row.call_id}":
            yield f"{who} is in another talk"
        yield from (f"{who}: {fault}" for fault in _of_seat(row, seat))


def _of_seat(row: Known, seat: dict[str, Any]) -> Iterator[str]:
    heard = "coach" if seat["coaching"] else "muted" if seat["muted"] else "open"
    for name, told in {
        "hold": (row.hold_wanted, row.held, seat["hold"]),
        "voice": (row.voice_wanted, row.voice, heard),
        "ends": (row.ends_wanted, row.ends, seat["end_conference_on_exit"]),
    }.items():
        if len(set(told)) > 1:
            yield f"{name} is wanted, seen and at the carrier {told}"


async def _seats(scene: Scene) -> dict[str, dict[str, Any]]:
    """By leg: the carrier's Participant resource, and the name of its conference."""
    found: dict[str, dict[str, Any]] = {}
    for name in await scene.carrier.conferences():
        path = f"/2010-04-01/Accounts/{SID}/Conferences/{name}/Participants.json"
        answer = await scene.carrier.http.get(path, auth=(SID, TOKEN))
        if answer.is_success:  # else it has just ended
            for one in answer.json()["participants"]:
                found[one["call_sid"]] = one | {"conference": name}
    return found


async def _of_conferences(scene: Scene) -> list[str]:
    found = []
    for name, company in (await scene.carrier.conferences()).items():
        people = [one["address"] for one in company.told["participants"]]
        if len(people) == 1:
            found.append(f"{people[0]} is alone in {name}")
        silent = [one for one in people if one in company.in_silence()]
        found += [f"{one} hears nothing in {name}" for one in silent if company.one(one)["label"]
                  == "caller"]  # fmt: skip
    return found


async def _of_legs(scene: Scene, seats: dict[str, dict[str, Any]]) -> list[str]:
    """Legs that we dialled, and that are neither over nor in a talk."""
    await scene.carrier.look()
    last = {one["sid"]: one for one in scene.carrier.journal if one["kind"] == "leg"}
    return [
        f"{one['address']} is still {one['status']}"
        for sid, one in last.items()
        if one["direction"] != "inbound" and one["status"] not in FINAL and sid not in seats
    ]
