"""The demo's numbers and people: every line is called by the cast, and has somebody to answer."""

from itertools import islice

from hotline.configuration.load import load_folder
from hotline.numbers import as_dialled
from hotline.onemachine.demo import CAST, CONFIG, NUMBERS
from hotline.simulator.cast import CALLERS, numbers_in_turn


def test_every_line_is_announced_by_its_first_number() -> None:
    lines = load_folder(CONFIG).lines

    announced = {as_dialled(number) for number in NUMBERS}

    assert {line.numbers[0] for line in lines} <= announced
    assert announced <= {number for line in lines for number in line.numbers}


def test_the_cast_calls_every_line_at_once_and_each_caller_all_of_them_in_turn() -> None:
    at_first = [next(numbers_in_turn(NUMBERS, place)) for place in range(CALLERS)]

    of_the_last = list(islice(numbers_in_turn(NUMBERS, CALLERS - 1), len(NUMBERS)))

    assert at_first == list(NUMBERS[:6])
    assert sorted(of_the_last) == sorted(NUMBERS)


def test_somebody_of_the_cast_works_on_every_line() -> None:
    wanted = load_folder(CONFIG)

    staffed = {line for one in wanted.staff if one.username in CAST for line in one.lines}

    assert staffed == {line.id for line in wanted.lines}
