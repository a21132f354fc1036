"""What somebody means who writes to us, by the words alone. Pure.

Danger is looked for anywhere in a text, and a mistake there costs a call too many. All else must be
the whole text, but for a wish to be called: a child who tells a story says "no" in it, and "stop".
"""

import re
import unicodedata
from enum import StrEnum


class Meaning(StrEnum):
    """What a text says. `other`: nothing that a machine should judge."""

    STOP = "stop"
    START = "start"
    DANGER = "danger"
    CALL_ME = "call_me"
    YES = "yes"
    NO = "no"
    TIME = "time"
    RATED = "rated"  # a digit, where we asked for one
    OTHER = "other"


STOP = frozenset({
    "stop", "stopall", "unsubscribe", "optout", "revoke", "end", "quit", "t", "td", "退订", "退訂",
    "回复td", "回复t", "不要再发", "不要再發", "别发了", "別發", "别再发了",
})  # fmt: skip
START = frozenset({"start", "unstop", "resume", "恢复", "恢復", "重新订阅"})
YES = frozenset({
    "yes", "y", "ok", "okay", "sure", "好", "好的", "好啊", "可以", "行", "嗯", "是", "是的",
    "係", "得", "方便",
})  # fmt: skip
NO = frozenset({
    "no", "n", "nothanks", "cancel", "不", "不用", "不用了", "不要", "不需要", "不必", "算了",
    "取消", "唔使", "唔使喇", "唔好", "不方便",
})  # fmt: skip
DANGER = (
    "不想活", "唔想活", "活不下去", "自杀", "自殺", "轻生", "輕生", "寻死", "尋死", "想死", "去死",
    "救命", "救我", "割腕", "跳楼", "跳樓", "遗书", "遺書", "伤害自己", "傷害自己", "杀了我",
    "殺我", "打死我", "强奸", "強姦", "suicid", "kill myself", "killing myself", "kill me",
    "end my life", "want to die", "wanna die", "hurt myself", "cut myself", "help me",
    "save me", "raped",
)  # fmt: skip
HELP = frozenset(["help", "sos", "110", "120", "救"])
"""Danger where the text is nothing else."""

CALL_ME = (
    "回电", "回電", "打给我", "打給我", "打俾我", "给我打", "給我打", "打电话", "打電話", "call me",
    "call back", "callback", "ring me", "phone me",
)  # fmt: skip
_TIME = re.compile(
    r"(?=.*([0-9]|[一二三四五六七八九十两]点|今|明|聽日|听日|后天|後天|午|晚|早|周|星期|放学|放學|later|tonight"
    r"|tomorrow|morning|afternoon|evening))"
    r"([0-9]|[一二三四五六七八九十两半点點時时前后後到至]|今天|今晚|明天|明早|明晚|聽日|听日|后天|後天|上午|下午|中午"
    r"|晚上|早上|晚点|晚點|周[末日天]|周|星期[日天]|星期|放学|放學|以后|之后|以後|之後|都可以|可以|方便|有空|打|吧|我"
    r"|am|pm|oclock|later|tonight|tomorrow|morning|afternoon|evening|after|before|around|at|in|the"
    r"|please|call|me|school)+"
)
"""The whole text is a time, with the little words around it."""
LONGEST_TIME = 30
_BARE = re.compile(r"[\W_]+")


def meaning_of(body: str, *, said_by_carrier: str = "") -> Meaning:
    """What a text says. `said_by_carrier`: how the carrier took it (STOP, START, HELP), if it did.

    Danger is heard before all else, also where the carrier took a word for its own.
    """
    text = unicodedata.normalize("NFKC", body).casefold()
    bare = _BARE.sub("", text)
    if bare in HELP or said_by_carrier == "HELP" or _in_danger(text, bare):
        return Meaning.DANGER
    for words, meaning in (
        (STOP, Meaning.STOP),
        (START, Meaning.START),
        (YES, Meaning.YES),
        (NO, Meaning.NO),
    ):
        if bare in words or said_by_carrier.casefold() == meaning:
            return meaning
    if len(bare) <= LONGEST_TIME and _TIME.fullmatch(bare):
        return Meaning.TIME
    return Meaning.CALL_ME if any(word in text for word in CALL_ME) else Meaning.OTHER


def _in_danger(text: str, bare: str) -> bool:
    """Chinese also where somebody put something between the letters; English words have spaces."""
    return any(word in (text if word.isascii() else bare) for word in DANGER)


RATINGS = ("1", "2", "3")
"""What we ask for after a call: good, so-so, not good."""


def rating_of(body: str) -> str:
    """The digit, in whatever width and with dots around it; empty where it is something else."""
    bare = _BARE.sub("", unicodedata.normalize("NFKC", body))
    return bare if bare in RATINGS else ""


_CANTONESE = frozenset("嘅唔係喇佢哋咗嚟冇啲俾嗰喺咁嘢")


def language_of(body: str) -> str:
    """In which of our languages somebody writes, as far as the letters say."""
    if _CANTONESE.intersection(body):
        return "yue"
    latin = any(letter.isascii() and letter.isalpha() for letter in body)
    return "eng" if latin and body.isascii() else "cmn"
