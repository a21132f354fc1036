"""What became of a message, as people read it. Part of `words`."""

from collections.abc import Mapping

MESSAGE_WORDS: Mapping[str, Mapping[str, str]] = {
    "message_end": {
        "done": "已回电通话",
        "withdrawn": "对方先打了进来",
        "closed": "已了结",
    },
}
