"""Which line a dialled number reaches, and which numbers are ours."""

from collections.abc import Iterator

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from hotline.numbers import as_dialled, can_be_rung, city_and_code, city_of
from hotline.storage.session import Work
from hotline.storage.tables import Line, PhoneNumber, Station, StationContact

NO_LINE = "unknown number"
"""Where callers are counted whose number reaches no line: no file can name one so."""


async def line_of_number(work: Work, dialled: str) -> str | None:
    """The line behind a dialled number, however it is written; else the default line, if any."""
    number = as_dialled(dialled)
    known = await work.get(PhoneNumber, number)
    if known is not None:
        return known.line_id
    by_city = await _line_in_city(work, number)
    return by_city or await _default_line(work)


async def _line_in_city(work: Work, number: str) -> str | None:
    """020-12355 is the line of 12355, if that line is in this city, or in none that we know of."""
    dialled = city_and_code(number)
    if dialled is None:
        return None
    city, code = dialled
    by_code = await work.get(PhoneNumber, code)
    if by_code is None:
        return None
    query = select(PhoneNumber.number).where(PhoneNumber.line_id == by_code.line_id)
    cities = {city_of(one) for one in (await work.exec(query)).all()} - {None}
    return by_code.line_id if not cities or city in cities else None


async def _default_line(work: Work) -> str | None:
    query = select(Line.id).where(col(Line.is_default)).order_by(Line.id)
    return (await work.exec(query)).first()


async def no_line(work: Work) -> str:
    """Where calls are counted that reach no line. Made when the first one comes."""
    row = Line(id=NO_LINE, name="未知号码", name_en="Unknown number", number_shown="").model_dump()
    await work.exec(insert(Line).values(row).on_conflict_do_nothing())
    return NO_LINE


async def own_numbers(work: Work) -> frozenset[str]:
    """All numbers at which we, our interpreters or our stations would be rung, in one form."""
    lines = (await work.exec(select(Line))).all()
    reached = (await work.exec(select(PhoneNumber.number))).all()
    stations = (await work.exec(select(Station.phone))).all()
    raw = [*reached, *stations, *(number for line in lines for number in _phones(line))]
    return frozenset(as_dialled(number) for number in raw if number)


async def numbers_of_stations(work: Work) -> frozenset[str]:
    """At which a station, or somebody who is on duty there, is rung; in one form."""
    stations = (await work.exec(select(Station.phone))).all()
    people = (await work.exec(select(StationContact.phone).where(col(StationContact.active)))).all()
    return frozenset(as_dialled(number) for number in (*stations, *people) if number)


async def can_call_back(work: Work, line: Line, number: str, *, duty_phone: str) -> bool:
    """Whether a caller of this line can be reached at a normalised number, and it is not ours."""
    ours = await own_numbers(work) | {as_dialled(duty_phone)}
    return can_be_rung(number, ours=ours, countries=line.callback_countries)


def _phones(line: Line) -> Iterator[str]:
    yield line.number_shown
    yield line.duty_phone
    yield line.supervisor_phone
    yield line.overflow.get("number", "")
    yield from line.interpreters.values()
