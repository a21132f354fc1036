"""Where marked words are found that nobody may find in the clear."""

from collections.abc import Sequence
from pathlib import Path

from redis import Redis

from tests.harness.scene import Scene

COLUMNS = """
select table_name, column_name from information_schema.columns
where table_schema = 'public' and data_type in ('text', 'character varying', 'jsonb', 'json')
"""


async def in_columns(scene: Scene, marks: Sequence[str]) -> list[str]:
    """Of the database."""
    found = []
    for table, column in await scene.house.rows(COLUMNS):
        for mark in marks:
            query = f'select 1 from "{table}" where "{column}"::text like %s limit 1'
            if await scene.house.rows(query, f"%{mark}%"):
                found.append(f"{table}.{column}: {mark}")
    return found


def in_files(folder: Path, marks: Sequence[str]) -> list[str]:
    """Of a folder and all below it."""
    wanted = [mark.encode() for mark in marks]
    return [
        f"{path.name}: {mark.decode()}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for mark in wanted
        if mark in path.read_bytes()
    ]


def in_redis(url: str, marks: Sequence[str]) -> list[str]:
    """Keys and what they hold."""
    redis, found = Redis.from_url(url), []
    for key in redis.scan_iter("*"):
        said = repr(key) + repr(redis.dump(key))
        found += [f"{key!r}: {mark}" for mark in marks if mark in said]
    redis.close()
    return found


def in_addresses(scene: Scene, marks: Sequence[str]) -> list[str]:
    """That the carrier asked, and may have written down."""
    asked = " ".join(str(entry.get("url", "")) for entry in scene.carrier.journal)
    return [f"an address: {mark}" for mark in marks if mark in asked]
