"""Whether a password or PIN can be guessed: zxcvbn judges, and its advice is passed on."""

from collections.abc import Sequence
from dataclasses import dataclass

from zxcvbn import zxcvbn

from hotline.errors import Invalid

SHORTEST, LONGEST_JUDGED = 12, 72  # zxcvbn takes no more; what is longer is not weaker for it
STRONG = 3  # of 4: "safely unguessable: moderate protection from offline slow-hash scenario"
PIN_DIGITS = range(6, 9)
PIN_GUESSES = 50_000
OURS = ("hotline", "hotline-demo", "12355", "guangdong", "counselor", "supervisor", "station")
NOTHING_CHANGED = "什么都没有改。Nothing was changed."

ADVICE = {
    "Use a few words, avoid common phrases.": "用几个词，不要用常见的句子。",
    "No need for symbols, digits, or uppercase letters.": "不必用符号、数字或大写字母。",
    "Add another word or two. Uncommon words are better.": "再加一两个词，少见的词更好。",
    "Straight rows of keys are easy to guess.": "键盘上连着的一排键很容易猜到。",
    "Short keyboard patterns are easy to guess.": "键盘上的短图案很容易猜到。",
    "Use a longer keyboard pattern with more turns.": "换成转折更多、更长的图案。",
    'Repeats like "aaa" are easy to guess.': "“aaa”这样的重复很容易猜到。",
    'Repeats like "abcabcabc" are only slightly harder to guess than "abc".': (
        "“abcabcabc”这样的重复不比“abc”难猜多少。"
    ),
    "Avoid repeated words and characters.": "不要重复词或字。",
    'Sequences like "abc" or "6543" are easy to guess.': "“abc”“6543”这样的顺序很容易猜到。",
    "Avoid sequences.": "不要用顺序排列的字符。",
    "Recent years are easy to guess.": "最近的年份很容易猜到。",
    "Avoid recent years.": "不要用最近的年份。",
    "Avoid years that are associated with you.": "不要用和自己有关的年份。",
    "Dates are often easy to guess.": "日期往往很容易猜到。",
    "Avoid dates and years that are associated with you.": "不要用和自己有关的日期或年份。",
    "This is a top-10 common password.": "这是最常用的十个密码之一。",
    "This is a top-100 common password.": "这是最常用的一百个密码之一。",
    "This is a very common password.": "这是很常用的密码。",
    "This is similar to a commonly used password.": "这和常用的密码很像。",
    "A word by itself is easy to guess.": "单独一个词很容易猜到。",
    "Names and surnames by themselves are easy to guess.": "单独的姓名很容易猜到。",
    "Common names and surnames are easy to guess.": "常见的姓名很容易猜到。",
    "Capitalization doesn't help very much.": "大写没有多大帮助。",
    "All-uppercase is almost as easy to guess as all-lowercase.": "全部大写和全部小写差不多好猜。",
    "Reversed words aren't much harder to guess.": "倒过来写的词并不难猜。",
    "Predictable substitutions like '@' instead of 'a' don't help very much.": (
        "用“@”代替“a”之类没有多大帮助。"
    ),
}


@dataclass(frozen=True, slots=True)
class Advice:
    """What would make a password better, in both languages."""

    chinese: str
    english: str


def advice_for(password: str, about: Sequence[str]) -> Advice | None:
    """`about`: what others know of the person. None where the password is good enough."""
    if len(password) < SHORTEST:
        return Advice(
            f"密码至少要{SHORTEST}个字符。", f"A password needs at least {SHORTEST} characters."
        )
    judged = zxcvbn(password[:LONGEST_JUDGED], user_inputs=[*OURS, *about])
    if judged["score"] >= STRONG:
        return None
    feedback = judged["feedback"]
    said = [one for one in (feedback["warning"], *feedback["suggestions"]) if one]
    chinese = "".join(ADVICE.get(one, "") for one in said)
    return Advice(
        f"这个密码太容易猜：{chinese}", f"This password is too easy to guess: {' '.join(said)}"
    )


def refuse_weak_password(password: str, about: Sequence[str]) -> None:
    """`about`: what others know of the person. Raises `Invalid` with what would be better."""
    advice = advice_for(password, about)
    if advice is not None:
        raise Invalid(f"{advice.chinese}{NOTHING_CHANGED} {advice.english}")


def refuse_weak_pin(pin: str) -> None:
    """A PIN that somebody would try first. Raises `Invalid` with what would be better."""
    usable = pin.isascii() and pin.isdecimal() and len(pin) in PIN_DIGITS
    if usable and zxcvbn(pin)["guesses"] >= PIN_GUESSES:
        return
    raise Invalid(
        "PIN要有6到8位数字，不要用日期、年份、重复或顺序的数字。"
        f"{NOTHING_CHANGED} A PIN has 6 to 8 digits: no date, no year, no repeats, no sequence."
    )
