"""The words in the picture of a flow, in Chinese."""

from ivr.picture import Captions

CHINESE_CAPTIONS = Captions(
    say="说一段话",
    menu="问一次",
    queue="排队等人接",
    crisis="立即进危机队列",
    voicemail="留言",
    hang_up="告别",
    silence="不按键",
    danger="有危险",
)
