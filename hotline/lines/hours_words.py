"""The hours of a line as a caller hears them, in the languages that have a voice."""

from itertools import groupby

from hotline.lines.hours import HolidayRule, OpenSpan, ServiceHours

WORDS: dict[str, dict[str, str | tuple[str, ...]]] = {
    "cmn": {
        "days": ("一", "二", "三", "四", "五", "六", "日"),
        "day": "星期{0}",
        "range": "星期{0}到星期{1}",
        "time": "{0}点{1}到{2}点{3}",
        "minutes": "{0}分",
        "span": "{0}，{1}",
        "list": "、",
        "and": "；",
        "every_day": "每天",
        "always": "每天24小时",
        "closed": "法定节假日休息",
        "as_sunday": "法定节假日按星期日的时间",
    },
    "yue": {
        "days": ("一", "二", "三", "四", "五", "六", "日"),
        "day": "星期{0}",
        "range": "星期{0}至星期{1}",
        "time": "{0}點{1}至{2}點{3}",
        "minutes": "{0}分",
        "span": "{0}，{1}",
        "list": "、",
        "and": "；",
        "every_day": "每日",
        "always": "每日24小時",
        "closed": "公眾假期休息",
        "as_sunday": "公眾假期跟星期日嘅時間",
    },
    "eng": {
        "days": ("Mon", "Tues", "Wednes", "Thurs", "Fri", "Satur", "Sun"),
        "day": "{0}day",
        "range": "{0}day to {1}day",
        "time": "{0}{1} to {2}{3}",
        "minutes": ":{0}",
        "span": "{0}, {1}",
        "list": ", ",
        "and": "; ",
        "every_day": "every day",
        "always": "24 hours, every day",
        "closed": "closed on public holidays",
        "as_sunday": "on public holidays as on Sundays",
    },
}
"""As nobody's page shows them: these words are for a voice."""


def hours_in_words(hours: ServiceHours, language: str) -> str:
    """For {hours} in a prompt; in Mandarin where the language has no words of its own."""
    words = WORDS.get(language, WORDS["cmn"])
    said = [_span(span, words) for span in hours.spans] or [str(words["always"])]
    if hours.rule is not HolidayRule.AS_USUAL:
        said.append(str(words[hours.rule]))
    return str(words["and"]).join(said)


def _span(span: OpenSpan, words: dict[str, str | tuple[str, ...]]) -> str:
    names, day, several = words["days"], str(words["day"]), str(words["range"])
    runs = [
        day.format(names[first]) if first == last else several.format(names[first], names[last])
        for first, last in _runs(sorted(span.days))
    ]
    when = (
        str(words["every_day"]) if len(span.days) == len(names) else str(words["list"]).join(runs)
    )
    clock = [part for at in (span.start, span.end) for part in _clock(at, str(words["minutes"]))]
    return str(words["span"]).format(when, str(words["time"]).format(*clock))


def _clock(minute_of_day: int, minutes: str) -> tuple[int, str]:
    hour, minute = divmod(minute_of_day, 60)
    return hour, minutes.format(f"{minute:02d}") if minute else ""


def _runs(days: list[int]) -> list[tuple[int, int]]:
    """Days that follow each other, as first and last."""
    grouped = groupby(enumerate(days), key=lambda one: one[1] - one[0])
    runs = [[day for _, day in run] for _, run in grouped]
    return [(run[0], run[-1]) for run in runs]
