"""No command can be carried out and its answer lost, or the other way round."""

import re
from collections.abc import Iterator

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from hotline.web.api import (
    PARTS,
    account,
    accounts,
    case_people,
    debriefs,
    finding,
    group_codes,
    group_members,
    in_the_field,
    invitations,
    notices,
    numbers,
    quality,
    roster_files,
    sessions,
)
from hotline.web.deps import open_work
from hotline.web.idempotency import IdempotentRoute, open_command_work
from tests.hotline.web.api.test_who_may import MAY

SECRETIVE = (  # bodies or answers hold secrets
    sessions,
    account,
    accounts,
    invitations,
    numbers,
    finding,
    group_codes,
    group_members,
)


def leaves(dependant: Dependant) -> Iterator[object]:
    for one in dependant.dependencies:
        yield one.call
        yield from leaves(one)


def test_every_command_works_in_the_transaction_that_keeps_its_answer() -> None:
    rooms = [room for room in PARTS if room not in SECRETIVE]
    routes = [route for room in rooms for route in room.router.routes]
    routes += notices.reminders.routes + in_the_field.news.routes
    commands = [it for it in routes if isinstance(it, APIRoute) and "POST" in (it.methods or ())]

    used = {it.path: set(leaves(it.dependant)) for it in commands}

    secret = [route for room in SECRETIVE for route in room.router.routes]
    secret += (
        debriefs.notes.routes
        + case_people.numbers_router.routes
        + in_the_field.numbers.routes
        + quality.words.routes
        + roster_files.secrets_router.routes
    )
    others = {
        f"/api/v1{re.sub('{.*?}', '{id}', it.path)}" for it in secret if isinstance(it, APIRoute)
    }
    api = {path for method, path in MAY if method == "POST" and path.startswith("/api/v1/")}
    kept = api - others
    assert len(commands) == len(kept)
    assert all(isinstance(it, IdempotentRoute) for it in commands)
    assert all(open_command_work in calls and open_work not in calls for calls in used.values())
    assert not any(isinstance(route, IdempotentRoute) for route in secret)
