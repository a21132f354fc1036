"""Whether all keys are there that something is still sealed with."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import text

from hotline.errors import SettingsError
from hotline.storage.resealing import keys_in_use
from hotline.storage.session import Work
from hotline.storage.vault import Vault

NOTE = text("""
    insert into sealing_key (key_id, since) select key_id, :at from unnest(cast(:keys as text[]))
    as key_id on conflict (key_id) do update set released_at = null
""")
RELEASE = text("""
    update sealing_key set released_at = :at
    where released_at is null and key_id <> all(cast(:keys as text[]))
""")
NEEDED = text("select key_id from sealing_key where released_at is null order by since, key_id")
FILES = text("""
    select key_id from recording where key_id <> '' and copy_state <> 'erased'
    union select key_id from attachment where erased_at is null
""")


async def require_keys(work: Work, vault: Vault, *, at: datetime) -> None:
    """Note which key seals from now on. Raises `SettingsError` where one is missing.

    Which are needed is known from the processes before; the first time everything is looked at.
    """
    needed = [row.key_id for row in (await work.sql(NEEDED, {})).all()]
    if not needed:
        needed = sorted(await all_keys_in_use(work))
        await work.sql(NOTE, {"keys": needed, "at": at})
    missing = [key_id for key_id in needed if not vault.has_key(key_id)]
    if missing:
        raise SettingsError(
            f"Something is sealed with the key {', '.join(missing)}, which is not in"
            " HOTLINE_ENCRYPTION_KEYS. Put it back behind the newest one; take it out only after"
            " `hotline keys rotate` has said that nothing needs it."
        )
    if vault.newest_key not in needed:
        await work.sql(NOTE, {"keys": [vault.newest_key], "at": at})


async def all_keys_in_use(work: Work) -> set[str]:
    """By their ids: of cells, of the sound of recordings, and of files from the field."""
    files = {row.key_id for row in (await work.sql(FILES, {})).all()}
    return {*(await keys_in_use(work)), *files}


async def release_keys(work: Work, still_needed: Iterable[str], *, at: datetime) -> None:
    """All others can be taken out of the settings."""
    await work.sql(RELEASE, {"keys": list(still_needed), "at": at})
