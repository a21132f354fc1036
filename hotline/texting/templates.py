"""All that we ever write to somebody. Neutral words: anybody may read them on a shared phone.

No name of ours, no kind of service, no reason. Each fits one message.
"""

from collections.abc import Mapping
from enum import StrEnum


class Template(StrEnum):
    """Which words. `received` is the system's alone: it answers whoever wrote first."""

    RECEIVED = "received"
    WILL_CALL = "will_call"
    TRIED = "tried"
    WHEN = "when"
    HOW_ARE_YOU = "how_are_you"
    HOW_WAS_IT = "how_was_it"  # of a call, to be answered by a digit


BY_PEOPLE = tuple(one for one in Template if one is not Template.RECEIVED)
"""What a counselor may choose."""

WORDS: Mapping[str, Mapping[Template, str]] = {
    "cmn": {
        Template.RECEIVED: "你的信息收到了，稍后会给你打电话。不想再收到信息请回T。",
        Template.WILL_CALL: "稍后会给你打电话，方便时接一下就好。不想再收到信息请回T。",
        Template.TRIED: "刚才打过你的电话，没有打通，晚点再打。不想再收到信息请回T。",
        Template.WHEN: "什么时候方便接电话？回个时间就好。不想再收到信息请回T。",
        Template.HOW_ARE_YOU: "最近还好吗？想聊的时候回个信息就好。不想再收到信息请回T。",
        Template.HOW_WAS_IT: "上次聊得怎么样？好回1，一般回2，不好回3。不想再收到信息请回T。",
    },
    "yue": {
        Template.RECEIVED: "收到你嘅訊息喇，遲啲會打電話俾你。唔想再收到訊息請回T。",
        Template.WILL_CALL: "遲啲會打電話俾你，方便嗰陣聽就得。唔想再收到訊息請回T。",
        Template.TRIED: "頭先打過電話俾你，打唔通，遲啲再打。唔想再收到訊息請回T。",
        Template.WHEN: "幾時方便聽電話？回個時間就得。唔想再收到訊息請回T。",
        Template.HOW_ARE_YOU: "最近好嗎？想傾嗰陣回個訊息就得。唔想再收到訊息請回T。",
        Template.HOW_WAS_IT: "上次傾得點？好回1，一般回2，唔好回3。唔想再收到訊息請回T。",
    },
    "eng": {
        Template.RECEIVED: "Got your message. You will get a call soon. Reply T for no more texts.",
        Template.WILL_CALL: "You will get a call soon. Reply T for no more texts.",
        Template.TRIED: "Tried to call you just now. Will try again later."
        " Reply T for no more texts.",
        Template.WHEN: "When is a good time to call? Just reply with a time."
        " Reply T for no more texts.",
        Template.HOW_ARE_YOU: "How are you? Text back whenever you want to chat."
        " Reply T for no more texts.",
        Template.HOW_WAS_IT: "How was it last time? 1 good, 2 so-so, 3 not good: just reply with"
        " the digit. Reply T for no more texts.",
    },
}
"""By language; whoever speaks another one reads Mandarin: Hakka and Teochew are written so."""


def words_of(template: Template, language: str) -> str:
    """The words as they are sent."""
    return WORDS.get(language, WORDS["cmn"])[template]
