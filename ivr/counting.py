"""Whole numbers as they are said: which numbers are spoken one after the other. Pure.

105 is 一百零五 in each Chinese language here, and one hundred five in English. What these are made
of is recorded once; so a place in line or a wait of ten minutes and more can be played.
"""

ENGLISH = "eng"
GREATEST = 999
TEN, TWENTY = 10, 20
PARTS_CHINESE = (10, 100)
PARTS_ENGLISH = (*range(10, 20), *range(20, 100, 10), 100)
"""What is spoken beside the digits."""


def parts_beside_digits(language: str) -> tuple[int, ...]:
    """The numbers with a word of their own in a language, from ten up."""
    return PARTS_ENGLISH if language == ENGLISH else PARTS_CHINESE


def said_one_by_one(number: int, language: str) -> tuple[int, ...]:
    """The words of a number in order, as numbers. Empty below nought and above 999."""
    if not 0 <= number <= GREATEST:
        return ()
    below = _below_hundred_english if language == ENGLISH else _below_hundred_chinese
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return below(rest)
    gap = (0,) if language != ENGLISH and 0 < rest < TEN else ()
    ten = (1,) if language != ENGLISH and TEN <= rest < TWENTY else ()  # 110 is 一百一十, 10 is 十
    return (hundreds, 100, *gap, *ten, *(below(rest) if rest else ()))


def _below_hundred_chinese(number: int) -> tuple[int, ...]:
    tens, digit = divmod(number, 10)
    if not tens:
        return (digit,)
    return (*((tens,) if tens > 1 else ()), 10, *((digit,) if digit else ()))


def _below_hundred_english(number: int) -> tuple[int, ...]:
    tens, digit = divmod(number, 10)
    if number < TWENTY or not digit:
        return (number,)
    return (tens * 10, digit)
