"""The diagram of a flow."""

from typing import Any
from xml.etree import ElementTree as ET

import pytest

from ivr.flow import parse
from ivr.picture import BOX_W, Captions, mermaid, svg

Raw = dict[str, Any]
SVG = "{http://www.w3.org/2000/svg}"


def test_the_flow_of_12355_as_mermaid(youth: Raw) -> None:
    assert mermaid(parse(youth)) == (
        "flowchart TD\n"
        '    step_welcome["welcome<br/>says something"]\n'
        '    step_language["language<br/>asks once"]\n'
        '    step_human["human<br/>queue to a human"]\n'
        '    step__danger["danger<br/>crisis queue, at once"]\n'
        "    step_welcome --> step_language\n"
        "    step_language -->|9| step__danger\n"
        "    step_language -->|1 · 2 · 3 · 4 · 5 · 0 · silence| step_human\n"
    )


def test_every_kind_of_step_has_its_caption(raw: Raw) -> None:
    raw["steps"]["menu"]["choices"][1]["next"] = "now"
    raw["steps"]["now"] = {"enqueue": "crisis"}
    raw["steps"]["shut"]["hang_up"] = "<closed>"

    drawn = mermaid(parse(raw))

    assert 'step_now["now<br/>crisis queue, at once"]' in drawn
    assert 'step_message["message<br/>takes a message"]' in drawn
    assert 'step_shut["shut<br/>says goodbye: &lt;closed&gt;"]' in drawn


def test_a_flow_without_a_menu_has_no_danger_key_to_draw(raw: Raw) -> None:
    raw["steps"] = {"welcome": {"say": "greeting.line", "enqueue": "routine"}}

    drawn = mermaid(parse(raw), Captions(queue="人工"))

    assert drawn == 'flowchart TD\n    step_welcome["welcome<br/>人工"]\n'


@pytest.fixture
def picture(raw: Raw) -> ET.Element:
    """The flow with every kind of step, drawn and read back."""
    return ET.fromstring(svg(parse(raw | {"name": "a < b"})))  # noqa: S314 – our own output


def test_the_svg_draws_a_box_for_each_step_and_one_for_danger(picture: ET.Element) -> None:
    titles = [text.text for text in picture.iter(f"{SVG}text") if "class" not in text.attrib]

    assert sorted(filter(None, titles)) == [
        "danger",
        "menu",
        "message",
        "shut",
        "soon",
        "talk",
        "welcome",
    ]
    assert picture.findtext(f"{SVG}title") == "a < b"


def test_no_two_boxes_overlap_and_all_are_inside(picture: ET.Element) -> None:
    boxes = [(int(r.attrib["x"]), int(r.attrib["y"])) for r in picture.iter(f"{SVG}rect")]
    width = int(picture.attrib["viewBox"].split()[2])

    assert len(set(boxes)) == len(boxes)
    for x, y in boxes:
        assert 0 <= x <= width - BOX_W
        assert all(abs(x - other) >= BOX_W for other, row in boxes if row == y and other != x)


def test_every_arrow_points_downwards(picture: ET.Element) -> None:
    arrows = [p.attrib["d"].split() for p in picture.iter(f"{SVG}path")]

    starts = [int(parts[0].partition(",")[2]) for parts in arrows]
    ends = [int(parts[3].partition(",")[2]) for parts in arrows]

    assert all(start < end for start, end in zip(starts, ends, strict=True))
    assert len(arrows) == 7
