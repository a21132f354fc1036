"""What else a station may be, and how else than by phone a contact is told. Part of `words`."""

from collections.abc import Mapping

STATION_WORDS: Mapping[str, Mapping[str, str]] = {
    "station_kind": {"police": "公安", "120": "急救"},
    "station_way": {"text": "短信通知", "mail": "邮件通知", "webhook": "系统接口"},
}
