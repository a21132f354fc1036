"""What else a station may be, and how else than by phone a contact is told. Part of `words`."""

from collections.abc import Mapping

STATION_WORDS: Mapping[str, Mapping[str, str]] = {
    "station_kind": {"police": "公安", "120": "急救"},
    "child": {"seen": "见到孩子", "not_seen": "没有见到孩子", "by_phone": "电话联系上"},
    "way": {
        "acknowledged": "确认",
        "accepted": "受理",
        "on_the_way": "在路上",
        "contact_made": "已联系",
        "reported": "反馈",
        "closed": "结案",
    },
    "take_step": {
        "acknowledged": "确认接收",
        "accepted": "受理上报",
        "on_the_way": "现在出发",
        "contact_made": "记下联系情况",
        "reported": "提交反馈",
        "closed": "结案",
        "rescue": "救援方已接手",
    },
    "station_way": {"text": "短信通知", "mail": "邮件通知", "webhook": "系统接口"},
}
