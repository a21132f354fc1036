"""Callers who come again, as a timeline tells it. Part of `words`."""

from collections.abc import Mapping

KNOWN_EVENTS: Mapping[str, str] = {
    "call.known_caller": "来电者同意再找这位咨询员，先找他/她，最多等一分钟",
    "call.same_counselor_agreed": "来电者同意下次再找同一位咨询员",
    "call.same_counselor_ended": "来电者不再指定咨询员",
    "history.shown": "查看以前的来电",
}
