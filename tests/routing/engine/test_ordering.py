"""Places in order, whatever order they came in."""

import random
from itertools import chain

from routing.engine.ordering import BLOCK, Ordering, SortKey


def test_places_stand_in_order_whatever_order_they_came_in() -> None:
    order: Ordering[SortKey] = Ordering()

    for place in ((3.0, "c"), (1.0, "b"), (1.0, "a"), (2.0, "d")):
        order.add(place)

    assert list(chain.from_iterable(order.blocks)) == [
        (1.0, "a"),
        (1.0, "b"),
        (2.0, "d"),
        (3.0, "c"),
    ]
    assert order.lead == (1.0, "a")


def test_nobody_is_first_where_nobody_stands() -> None:
    order: Ordering[SortKey] = Ordering()

    assert order.lead is None


def test_an_order_emptied_can_be_filled_again() -> None:
    order: Ordering[SortKey] = Ordering()
    order.add((1.0, "a"))
    order.remove((1.0, "a"))

    order.add((2.0, "b"))

    assert list(chain.from_iterable(order.blocks)) == [(2.0, "b")]


def test_thousands_of_places_stay_in_order_as_they_come_and_go() -> None:
    chance, order = random.Random(5), Ordering[SortKey]()  # noqa: S311 – no secret
    held: set[SortKey] = set()

    for n in range(20 * BLOCK):
        place = (float(chance.randrange(1000)), str(n))
        order.add(place)
        held.add(place)
        if n % 3 == 0:
            gone = chance.choice(sorted(held)) if n % 30 == 0 else min(held)
            order.remove(gone)
            held.remove(gone)

    assert list(chain.from_iterable(order.blocks)) == sorted(held)
    for place in sorted(held):
        assert order.lead == place
        order.remove(place)
    assert order.lead is None
