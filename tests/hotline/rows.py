"""Rows of a test's database in short words: what every scene of this folder begins with."""

from typing import Any

from sqlmodel import SQLModel, select

from hotline.storage.session import Database


class StoredScene:
    """Base of a scene: whoever has a database."""

    database: Database

    async def add(self, *rows: SQLModel) -> None:
        """Rows, each after those before it."""
        async with self.database.work() as work:
            for row in rows:
                work.add(row)
                await work.flush()

    async def change(self, table: type[SQLModel], key: str, **values: Any) -> None:
        """Set columns of a row."""
        async with self.database.work() as work:
            row = await work.get_one(table, key)
            for name, value in values.items():
                setattr(row, name, value)

    async def all(self, table: type[SQLModel]) -> list[Any]:
        """All rows of a table."""
        async with self.database.work() as work:
            return list((await work.exec(select(table))).all())
