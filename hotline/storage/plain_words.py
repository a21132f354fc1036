"""What a fault of the database means to whoever typed a command."""

import psycopg
from sqlalchemy.exc import DBAPIError

SETTING = "HOTLINE_DATABASE_URL"


def said_of(fault: BaseException) -> str | None:
    """One sentence with what to do. None: this is no fault of a connection or a schema."""
    cause = fault.orig if isinstance(fault, DBAPIError) else fault
    if isinstance(cause, psycopg.errors.UndefinedTable | psycopg.errors.UndefinedColumn):
        return "The database has an old schema, or none: run `hotline migrate`."
    if isinstance(cause, psycopg.OperationalError):
        return _said_of_connection(str(cause))
    return None


def _said_of_connection(told: str) -> str:
    """By libpq's words: it has no codes for a connection that did not come about."""
    if "database" in told and "does not exist" in told:
        return f"There is no such database: make it with `createdb`, or correct {SETTING}."
    if "authentication" in told or "role" in told:
        return f"The database does not take this user or password: correct {SETTING}."
    return f"The database cannot be reached: start it, or correct {SETTING}."
