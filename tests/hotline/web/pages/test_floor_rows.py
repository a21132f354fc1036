"""What a browser is sent of a part that it has: never more than the part, and enough to make it."""

import hypothesis.strategies as st
from hypothesis import given

from hotline.web.pages.floor_rows import COUNTED, news_of, shown
from tests.hotline.web.pages.following_parts import FollowingPage

CLOCKED = '<li>chen <time data-since="2026-07-01T02:00:00+00:00">{}</time></li>'
rows = st.sampled_from(
    ["", "<ul>", "</ul>", "<li>li</li>", "<li>bao</li>"]
    + [CLOCKED.format(shown) for shown in ("0:05", "0:06")]
)
drawn = st.lists(rows, max_size=12).map("\n".join)


@given(st.lists(drawn, min_size=1, max_size=5))
def test_a_page_that_follows_says_what_was_drawn(draws: list[str]) -> None:
    page, before = FollowingPage(), None

    for number, html in enumerate(draws):
        now = shown("people", html, at=f"moment {number}")
        news = news_of("people", before, now, html)
        page.hears_all(news)
        before = now

        assert COUNTED.sub(r"\1", page.shows("people")) == COUNTED.sub(r"\1", html)
        assert len(news) <= len(now.event)


def test_of_somebody_who_goes_to_another_group_nothing_is_sent_but_where_they_stand() -> None:
    people = [f"<li>counselor {n}, of the youth line, speaks Mandarin</li>" for n in range(40)]
    before = shown("people", "\n".join(people), at="before")
    moved = "\n".join([*people[:7], *people[8:], people[7]])

    news = news_of("people", before, shown("people", moved, at="now"), moved)

    assert b"counselor" not in news
    assert b"[[0, 7], [8, 40], [7, 8]]" in news


def test_a_row_whose_clock_alone_has_gone_on_is_not_sent() -> None:
    rest = [f"<li>counselor {n} of the youth line</li>" for n in range(9)]
    first, second = (
        "\n".join([CLOCKED.format(time), f"<p>{time}</p>", *rest]) for time in ("0:05", "0:06")
    )
    before = shown("people", first, at="before")

    news = news_of("people", before, shown("people", second, at="now"), second)

    assert b'[[0, 1], "<p>0:06</p>", [2, 11]]' in news
