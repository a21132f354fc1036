"""What the configuration in force says of one person."""

import asyncio

from hotline.configuration.sets import load_files
from hotline.configuration.versions import newest_version
from hotline.storage.session import Work


async def is_active_in_files(work: Work, username: str) -> bool:
    """Whether they are in the files and not switched off there. Without files: yes."""
    newest = await newest_version(work)
    if newest is None or not newest.files:
        return True
    wanted = await asyncio.to_thread(load_files, newest.files)
    return any(one.username == username and one.active for one in wanted.staff)
