"""`hotline drills`: what the drills came to."""

import asyncio

from hotline.commands.plan import in_database
from hotline.storage.session import Work
from hotline.watching.report import contact_rows, in_words, run_rows


def say_drills() -> list[str]:
    """One line each, those worth a look first."""

    async def read(work: Work) -> list[str]:
        return list(in_words(await contact_rows(work), await run_rows(work)))

    return asyncio.run(in_database(read))
