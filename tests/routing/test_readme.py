"""The worked example in the README is true."""

import doctest
from pathlib import Path

README = Path(__file__).parents[2] / "routing" / "README.md"


def test_the_worked_example_gives_what_it_says() -> None:
    failed, tried = doctest.testfile(str(README), module_relative=False)

    assert tried > 0
    assert failed == 0
