"""Patience after wrong passwords, counted in the database for all processes.

A name is slowed down, never locked: a stranger who guesses must not keep a counselor out of a
shift. A sender with very many wrong passwords is refused for a while. A device that has signed in
before is counted by itself, so that neither concerns it. Unknown names are slowed in the same way.
"""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import text

from hotline.errors import HotlineError
from hotline.storage.session import Work

FREE_TRIES = 5  # of one name, in one window
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 4.0  # a browser waits ten seconds for an answer
MOST_WRONG = 50  # of one sender, in one window: a whole office may have one address
MOST_WRONG_OF_DEVICE = 10  # then it is a stranger like any other
WINDOW = timedelta(minutes=15)

# Where a row's window is over, or begins in the future because a clock was set back, it begins
# anew. Rows are locked in the same order by everybody: the sender's, then the name's.
_AGAIN = """
    on conflict (key) do update set
        tries = case when known.began_at between :at - :window and :at
            then known.tries + 1 else 1 end,
        began_at = case when known.began_at between :at - :window and :at
            then known.began_at else :at end
    returning tries
"""
COUNT = text(f"""
    with of_sender as (
        insert into sign_in_try as known (key, tries, began_at) values (:sender, 1, :at) {_AGAIN}
    ), of_name as (
        insert into sign_in_try as known (key, tries, began_at)
        select :name, 1, :at from of_sender where tries <= :most {_AGAIN}
    )
    select tries as of_sender, coalesce((select tries from of_name), 0) as of_name from of_sender
""")  # noqa: S608 – both parts are written here
FORGIVE = text("""
    with of_sender as (
        update sign_in_try set tries = greatest(tries - 1, 0) where key = :sender returning 1
    )
    delete from sign_in_try where key = :name and (select count(*) from of_sender) >= 0
""")  # the condition is always true: it has the sender's row locked first


class TooManyTries(HotlineError):
    """So many wrong passwords came from one sender that the next one must wait."""

    status = 429
    public = (
        "Too many wrong passwords came from your connection. Wait a quarter of an hour, or sign in"
        " where you have signed in before."
    )


async def count_try(work: Work, *, sender: str, name: str, at: datetime) -> float:
    """Count a try before it is checked: many at once count as many. Returns seconds to wait.

    Raises `TooManyTries`; what is refused is not counted, so that refusals come to an end.
    """
    keys = {"sender": _key("sender", sender), "name": _key("name", name)}
    window = {"at": at, "window": WINDOW, "most": MOST_WRONG}
    tries = (await work.sql(COUNT, keys | window)).one()
    if tries.of_sender > MOST_WRONG:
        raise TooManyTries
    return wait_after(tries.of_name)


async def count_device(work: Work, device: str, *, at: datetime) -> bool:
    """Count a try of a known device. Returns whether it still counts as known."""
    window = {"at": at, "window": WINDOW, "most": 0}
    key = _key("device", device)
    tries = (await work.sql(COUNT, {"sender": key, "name": "", **window})).one()
    return bool(tries.of_sender <= MOST_WRONG_OF_DEVICE)


async def count_proof(work: Work, what: str, *, at: datetime) -> None:
    """Count a try of somebody who is known already: a code, or their password once more.

    `what`: whose and of which kind. Only who knows the password comes so far, so nobody else can
    use the tries up. Raises `TooManyTries`.
    """
    keys = {"sender": _key("proof", what), "name": ""}
    window = {"at": at, "window": WINDOW, "most": 0}
    tries = (await work.sql(COUNT, {**keys, **window})).one()
    if tries.of_sender > MOST_WRONG_OF_DEVICE:
        raise TooManyTries


async def forgive_proof(work: Work, what: str) -> None:
    """It was right."""
    await work.sql(FORGIVE, {"sender": "", "name": _key("proof", what)})


async def forgive(work: Work, *, sender: str, device: str, name: str) -> None:
    """The password was right: the name is free again, and whoever sent it has one try less."""
    for key in (_key("sender", sender), _key("device", device)):
        await work.sql(FORGIVE, {"sender": key, "name": _key("name", name)})


def wait_after(tries: int) -> float:
    """Seconds: nothing for the first few, then twice as long each time, up to a limit."""
    if tries <= FREE_TRIES:
        return 0.0
    return min(FIRST_WAIT_S * 2.0 ** min(tries - FREE_TRIES - 1, 10), LONGEST_WAIT_S)


def _key(kind: str, what: str) -> str:
    """A hash: nobody reads names that people mistyped, nor passwords typed into the wrong field."""
    return f"{kind}:{hashlib.sha256(what.encode()).hexdigest()[:32]}"
