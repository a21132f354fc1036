"""How a prompt reaches callers, as people read it. Part of `words`."""

from collections.abc import Mapping

PROMPT_WORDS: Mapping[str, Mapping[str, str]] = {
    "heard_as": {
        "recorded": "真人录音",
        "voice": "机器朗读",
        "stand_in": "用别的语言代替",
    },
    "prompt_group": {
        "greeting": "问候",
        "menu": "菜单",
        "language": "选择语言",
        "wait": "等候",
        "callback": "回电",
        "hold": "保持",
        "counselor": "给咨询员",
        "interpreter": "给翻译",
        "colleague": "给同事",
        "supervisor": "给督导",
        "guest": "给外来的人",
        "called_back": "我们打回去",
        "talk": "通话中",
        "after": "通话后",
        "recording": "录音告知",
        "message": "留言",
        "station": "给工作站",
        "other": "其他",
    },
    "gap": {
        "line": "〔热线名称〕",
        "digit": "〔按键〕",
        "place": "〔位次〕",
        "number": "〔号码〕",
        "level": "〔级别〕",
        "other": "〔数值〕",
    },
}
