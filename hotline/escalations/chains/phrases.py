"""The phrases of a chain's sentences, Chinese and English. Numbers come in as they are."""

from collections.abc import Mapping

ChainPhrases = Mapping[str, str]

CHINESE_CHAIN: ChainPhrases = {
    "high": "高危险",
    "imminent": "迫在眉睫的危险",
    "for_all": "用于“{level}”的一切上报，另有专门一条的除外。",
    "for_kind": "只用于“{level}”中的“{kind}”。",
    "mandatory_report": "强制报告",
    "no_caregiver": "无人照料",
    "domestic_violence": "家庭暴力",
    "missing": "失踪",
    "harm_to_others": "可能伤害他人",
    "medical": "急需医疗",
    "station": "责任工作站的当值人",
    "deputy": "该站的下一位联系人",
    "head": "该站的站长（最后一位联系人）",
    "parent": "上级站的当值人",
    "city": "市级站的当值人",
    "province": "省级站的当值人",
    "police": "最近的公安联系人",
    "120": "最近的急救（120）联系人",
    "supervisor": "热线督导",
    "and": "、",
    "step": "第 {n} 步，{when}：{who}，须在{within}内确认。",
    "together": "第 {n} 步，{when}：同时呼叫{who}，须在{within}内确认。",
    "at_once": "上报后立即",
    "after": "上报 {after} 后仍无人确认",
    "next": "一步中没有任何人能接通时，立即进入下一步；任何一人确认后，其他电话停止呼叫。",
    "again": "走完最后一步仍无人确认：通知督导，从第 1 步重新开始，直到有人结束它。",
    "deadline": "最迟 {deadline}内须有人确认；到时仍没有，通知督导。",
    "accept": "确认后 {accept}内接手，接手后 {report}内报告，报告后 {review}内由人结束；"
    "逾期则重新打开并再次呼叫。",
    "supervisors": "督导立即在屏幕上看到；{first}内没有人表示已看到，呼叫一位督导；{next}时"
    "呼叫下一位，依次继续。",
    "rescue": "须由救援方确认已经到场或接手；确认之前每 {every}再次提醒督导和负责人，且不能结束，"
    "除非督导说明理由。",
    "no_rescue": "不要求救援方确认。",
    "s": "{n:g} 秒",
    "min": "{n:g} 分钟",
    "h": "{n:g} 小时",
}

ENGLISH_CHAIN: ChainPhrases = {
    "high": "high danger",
    "imminent": "imminent danger",
    "for_all": "For every flag of {level} that has no chain of its own.",
    "for_kind": "Only for flags of {level} that are “{kind}”.",
    "mandatory_report": "mandatory report",
    "no_caregiver": "nobody cares for the child",
    "domestic_violence": "domestic violence",
    "missing": "missing",
    "harm_to_others": "may harm others",
    "medical": "medical emergency",
    "station": "whoever is on duty at the responsible station",
    "deputy": "the next contact there",
    "head": "the head of that station (its last contact)",
    "parent": "whoever is on duty at the station above",
    "city": "whoever is on duty for the city",
    "province": "whoever is on duty for the province",
    "police": "the nearest police contacts",
    "120": "the nearest ambulance (120) contacts",
    "supervisor": "a supervisor of the line",
    "and": ", ",
    "step": "Step {n}, {when}: {who}, to acknowledge within {within}.",
    "together": "Step {n}, {when}: rung together are {who}, to acknowledge within {within}.",
    "at_once": "at once",
    "after": "{after} after the flag if nobody has acknowledged",
    "next": "Where nobody of a step can be reached, the next comes at once; when one acknowledges,"
    " the other phones stop.",
    "again": "After the last step supervisors are told, and step 1 begins again until a person"
    " closes it.",
    "deadline": "Somebody must acknowledge within {deadline}; if nobody has by then, supervisors"
    " are told.",
    "accept": "Accepted within {accept} of that, reported within {report}, closed by a person"
    " within {review}; what is overdue is opened again and rung again.",
    "supervisors": "Supervisors see it on screen at once; if none has said so within {first}, one"
    " is rung, at {next} the next one, and so on.",
    "rescue": "The emergency service must confirm that it has taken over. Until then supervisors"
    " and whoever holds it are reminded every {every}, and it cannot be closed unless a supervisor"
    " says why.",
    "no_rescue": "No confirmation by an emergency service is asked for.",
    "s": "{n:g} s",
    "min": "{n:g} min",
    "h": "{n:g} h",
}

CHAIN_PHRASES: Mapping[str, ChainPhrases] = {"zh": CHINESE_CHAIN, "en": ENGLISH_CHAIN}
