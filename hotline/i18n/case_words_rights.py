"""How the timeline of a case tells what was asked of what is kept. Part of `case_words`."""

from collections.abc import Mapping

RIGHTS_SENTENCES: Mapping[str, str] = {
    "rights.asked": "%(who)s 登记了个人信息请求",
    "rights.proved": "%(who)s 记下了提出请求的人怎样核实身份",
    "rights.read": "%(who)s 查看了个人信息请求",
    "rights.shown": "%(who)s 按个人信息权利查找过",
    "rights.exported": "%(who)s 导出了本人副本",
    "rights.granted": "%(who)s 同意了个人信息请求",
    "rights.partly": "%(who)s 部分同意了个人信息请求",
    "rights.proposed": "%(who)s 提议同意个人信息请求",
    "rights.refused": "%(who)s 拒绝了个人信息请求",
    "rights.withdrawn": "%(who)s 记下：对方不再要求（个人信息请求）",
    "rights.held": "%(who)s 设置了保留令",
    "rights.hold_lifted": "%(who)s 解除了保留令",
}
"""By the kind of an entry. `who`: whose doing it was."""
