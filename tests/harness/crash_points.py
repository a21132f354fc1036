"""Where a process of the house kills itself, by name: as a power cut does, in the worst moment.

Nothing of it is in the product. A process that finds the name of a point in its environment wraps
one function of the product before it runs (`tests.harness.process`).
"""

import inspect
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import wraps
from importlib import import_module
from typing import Any, NoReturn
from weakref import WeakSet

from hotline.storage.session import Work

CRASH_AT = "TEST_CRASH_AT"

Wrapped = Callable[..., Any]


class When(Enum):
    """Which moment of a function it is.

    `UNCOMMITTED`, `COMMITTED`: all is written of the unit of work that it was called with, and
    the commit is not asked for yet, or just done.
    """

    BEFORE = auto()
    AFTER = auto()
    UNCOMMITTED = auto()
    COMMITTED = auto()


@dataclass(frozen=True)
class CrashPoint:
    """`process`: who comes by here. `where`: module and name."""

    process: str
    where: str
    when: When


_DIAL = "hotline.deliveries.sending:Sender"
_STEP = "hotline.escalations.deadlines:press_on"
_FLAG = "hotline.web.api.calls:raise_flag"
_PIN = "hotline.escalations.station_call:acknowledge"

POINTS: Mapping[str, CrashPoint] = {
    "flag, before its commit": CrashPoint("web", _FLAG, When.UNCOMMITTED),
    "flag, after its commit, before the answer": CrashPoint("web", _FLAG, When.COMMITTED),
    "dial, before its claim is committed": CrashPoint(
        "switchboard", f"{_DIAL}._claimed", When.BEFORE
    ),
    "dial, after the commit, before the send": CrashPoint(
        "switchboard", f"{_DIAL}._come_to", When.BEFORE
    ),
    "dial, after the send, before it is recorded": CrashPoint(
        "switchboard", f"{_DIAL}._come_to", When.AFTER
    ),
    "dial, after it is recorded": CrashPoint("switchboard", f"{_DIAL}._settle", When.AFTER),
    "doubt, after the look, before it is settled": CrashPoint(
        "switchboard", f"{_DIAL}._found", When.BEFORE
    ),
    "step, before its commit": CrashPoint("switchboard", _STEP, When.UNCOMMITTED),
    "step, after its commit, before anybody is woken": CrashPoint(
        "switchboard", _STEP, When.COMMITTED
    ),
    "acknowledgement, before its commit": CrashPoint("web", _PIN, When.UNCOMMITTED),
    "acknowledgement, after its commit, before the answer": CrashPoint("web", _PIN, When.COMMITTED),
}


def arm() -> None:
    """From now on this process dies where its environment says; nowhere, where it says nothing."""
    name = os.environ.get(CRASH_AT)
    if name:
        _arm(POINTS[name])


def _arm(point: CrashPoint) -> None:
    owner, name = found(point.where)
    function = getattr(owner, name)
    if point.when in (When.BEFORE, When.AFTER):
        setattr(owner, name, _dying(function, point.when))
        return
    doomed: WeakSet[Work] = WeakSet()
    setattr(owner, name, _noting(function, doomed))
    # What the product calls to commit is wrapped, and it has no other way.
    Work.commit = _dying_commit(Work.commit, doomed, point.when)  # type: ignore[method-assign]


def found(where: str) -> tuple[Any, str]:
    """Whose attribute it is. Fails where the product has no such function any more."""
    module, _, path = where.partition(":")
    *owners, name = path.split(".")
    owner: Any = import_module(module)
    for one in owners:
        owner = getattr(owner, one)
    getattr(owner, name)
    return owner, name


def _dying(function: Wrapped, when: When) -> Wrapped:
    @wraps(function)
    def before(*_: Any, **__: Any) -> NoReturn:
        die()

    @wraps(function)
    async def after(*args: Any, **values: Any) -> NoReturn:
        await function(*args, **values)
        die()

    return before if when is When.BEFORE else after


def _noting(function: Wrapped, doomed: WeakSet[Work]) -> Wrapped:
    """Its unit of work is the one."""
    assert inspect.iscoroutinefunction(function)

    @wraps(function)
    async def noted(work: Work, *args: Any, **values: Any) -> Any:
        found = await function(work, *args, **values)
        doomed.add(work)
        return found

    return noted


def _dying_commit(commit: Wrapped, doomed: WeakSet[Work], when: When) -> Wrapped:
    @wraps(commit)
    async def committing(work: Work) -> None:
        if work in doomed and when is When.UNCOMMITTED:
            die()
        await commit(work)
        if work in doomed:
            die()

    return committing


def die() -> NoReturn:
    """Nothing is said, nothing is finished."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("a process outlived its own SIGKILL")
