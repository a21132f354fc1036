"""Counts in words. `twiml.readable` has three digits and more read one by one, as 1 1 0 is."""

CHINESE = "零一二三四五六七八九"
PLACES = ("", "十", "百", "千")
MYRIAD, A_MYRIAD = 10_000, {"cmn": "万", "yue": "萬"}
TWO = {"cmn": "两", "yue": "兩"}
ENGLISH = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)  # fmt: skip
TENS = (
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
)  # fmt: skip
A_PAIR, TEN, TWENTY, HUNDRED, THOUSAND = 2, 10, 20, 100, 1000
MOST = 99_999


def in_words(number: int, language: str) -> str:
    """A count as a voice of the language says it. Whoever has no texts of their own: Mandarin.

    Raises `ValueError` below 0 and above `MOST`.
    """
    if not 0 <= number <= MOST:
        raise ValueError(number)
    if language == "eng":
        return _english(number)
    written = "yue" if language == "yue" else "cmn"
    return TWO[written] if number == A_PAIR else _chinese(number, A_MYRIAD[written])


def _chinese(number: int, myriad: str) -> str:
    if number < MYRIAD:
        return _below_a_myriad(number)
    rest = number % MYRIAD
    between = "零" if 0 < rest < MYRIAD // 10 else ""
    above = _below_a_myriad(number // MYRIAD) + myriad + between
    return above + (_below_a_myriad(rest) if rest else "")


def _below_a_myriad(number: int) -> str:
    """One zero stands for all of a gap; ten to nineteen begin with ten."""
    digits = [int(digit) for digit in str(number)]
    said = ""
    for place, digit in zip(range(len(digits) - 1, -1, -1), digits, strict=True):
        said += CHINESE[digit] + PLACES[place] if digit else CHINESE[0]
    while CHINESE[0] * 2 in said:
        said = said.replace(CHINESE[0] * 2, CHINESE[0])
    said = said.rstrip(CHINESE[0]) or CHINESE[0]
    return said[1:] if TEN <= number < TWENTY else said


def _english(number: int) -> str:
    if number < len(ENGLISH):
        return ENGLISH[number]
    if number < HUNDRED:
        rest = number % TEN
        return TENS[number // TEN] + (f"-{ENGLISH[rest]}" if rest else "")
    size, word = (HUNDRED, "hundred") if number < THOUSAND else (THOUSAND, "thousand")
    rest = number % size
    between = " and " if 0 < rest < HUNDRED else " "
    return f"{_english(number // size)} {word}" + (between + _english(rest) if rest else "")
