"""A flow as a diagram: Mermaid text, and a standalone SVG for the administrator's page.

Steps stand in layers from top to bottom; a step is one layer below the lowest step that leads to
it. Keys that lead from one step to the same next one share an arrow.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from ivr.model import (
    CRISIS,
    DANGER,
    HUMAN,
    Enqueue,
    Flow,
    Menu,
    Say,
    Step,
    Voicemail,
    exits,
)

_DANGER_NODE = "_danger"  # no step's name can begin like this

BOX_W, BOX_H, GAP_X, GAP_Y, MARGIN = 190, 52, 40, 64, 24

_STYLE = (
    "text{font:14px system-ui,sans-serif;fill:currentColor;text-anchor:middle}"
    ".kind,.key{font-size:12px}.key{stroke:Canvas;stroke-width:5px;paint-order:stroke}.box{fill:none;stroke:currentColor}"
    ".human{stroke-width:2.5}.crisis{stroke-width:2.5;stroke-dasharray:6 3}"
    ".arrow{fill:none;stroke:currentColor;opacity:.6}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Captions:
    """The words in a picture; pass others for another language."""

    say: str = "says something"
    menu: str = "asks once"
    queue: str = "queue to a human"
    crisis: str = "crisis queue, at once"
    voicemail: str = "takes a message"
    hang_up: str = "says goodbye"
    silence: str = "silence"
    danger: str = "danger"


ENGLISH = Captions()


@dataclass(frozen=True, slots=True)
class _Node:
    name: str
    title: str
    caption: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class _Arrow:
    start: str
    end: str
    label: str


def mermaid(flow: Flow, captions: Captions = ENGLISH) -> str:
    """A Mermaid flowchart."""
    lines = ["flowchart TD"]
    lines += [
        f'    {_id(node.name)}["{node.title}<br/>{node.caption}"]'
        for node in _nodes(flow, captions)
    ]
    for arrow in _arrows(flow, captions):
        label = f"|{arrow.label}|" if arrow.label else ""
        lines.append(f"    {_id(arrow.start)} -->{label} {_id(arrow.end)}")
    return "\n".join(lines) + "\n"


def svg(flow: Flow, captions: Captions = ENGLISH, *, styled: bool = True) -> str:
    """An SVG document in the page's own colour. It scales to the width it is given.

    `styled`: with a style of its own; a page that lets no inline style in has it in its sheet.
    """
    nodes, arrows = list(_nodes(flow, captions)), list(_arrows(flow, captions))
    corners, width, height = _places(_layers(nodes, arrows))
    body = [_arrow_svg(arrow, corners) for arrow in arrows]
    body += [_node_svg(node, *corners[node.name]) for node in nodes]
    size = f'style="max-width:{width}px"' if styled else f'width="{width}" height="{height}"'
    style = f"<style>{_STYLE}</style>" if styled else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" {size}>'
        f"<title>{escape(flow.name)}</title>{style}{''.join(body)}</svg>"
    )


def _id(name: str) -> str:
    """Mermaid reads some bare words, such as `end`, as its own."""
    return f"step_{name.replace('-', '_')}"


# ── what is drawn ───────────────────────────────────────────────────────────────────────────────


def _nodes(flow: Flow, captions: Captions) -> Iterator[_Node]:
    for name, step in flow.steps.items():
        yield _Node(name, name, *_caption(step, captions))
    if any(isinstance(step, Menu) for step in flow.steps.values()):
        yield _Node(_DANGER_NODE, captions.danger, captions.crisis, "crisis")


def _caption(step: Step, captions: Captions) -> tuple[str, str]:
    match step:
        case Say():
            return captions.say, ""
        case Menu():
            return captions.menu, ""
        case Enqueue() if step.urgency == CRISIS:
            return captions.crisis, "crisis"
        case Enqueue():
            return captions.queue, "human"
        case Voicemail():
            return captions.voicemail, ""
        case _:
            return f"{captions.hang_up}: {escape(step.reason)}", ""


def _arrows(flow: Flow, captions: Captions) -> Iterator[_Arrow]:
    for name, step in flow.steps.items():
        labels: dict[str, list[str]] = {}
        if isinstance(step, Menu):
            labels[_DANGER_NODE] = [DANGER]
        for path, target in exits(step):
            labels.setdefault(target, []).extend(_labels(path, captions))
        for target, keys in labels.items():
            yield _Arrow(name, target, " · ".join(keys))


def _labels(path: tuple[str, ...], captions: Captions) -> list[str]:
    match path:
        case ("choices", digit, _):
            return [digit]
        case ("silence",):
            return [HUMAN, captions.silence]
        case _:
            return []


# ── where it stands ─────────────────────────────────────────────────────────────────────────────


def _layers(nodes: list[_Node], arrows: list[_Arrow]) -> list[list[str]]:
    """Names by depth: the longest way down to them. A checked flow has no circles."""
    depth = {node.name: 0 for node in nodes}
    for _ in nodes:
        for arrow in arrows:
            depth[arrow.end] = max(depth[arrow.end], depth[arrow.start] + 1)
    return [
        [name for name, down in depth.items() if down == layer]
        for layer in range(max(depth.values()) + 1)
    ]


def _places(layers: list[list[str]]) -> tuple[dict[str, tuple[int, int]], int, int]:
    """Top left corners, then the width and height of the whole. Layers are centred."""
    widest = max(map(len, layers))
    width = 2 * MARGIN + widest * BOX_W + (widest - 1) * GAP_X
    height = 2 * MARGIN + len(layers) * BOX_H + (len(layers) - 1) * GAP_Y
    corners: dict[str, tuple[int, int]] = {}
    for row, names in enumerate(layers):
        left = (width - len(names) * BOX_W - (len(names) - 1) * GAP_X) // 2
        for column, name in enumerate(names):
            corners[name] = (left + column * (BOX_W + GAP_X), MARGIN + row * (BOX_H + GAP_Y))
    return corners, width, height


def _node_svg(node: _Node, x: int, y: int) -> str:
    middle = x + BOX_W // 2
    return (
        f'<rect class="box {node.mark}" x="{x}" y="{y}" width="{BOX_W}" height="{BOX_H}" rx="8"/>'
        f'<text x="{middle}" y="{y + 22}">{escape(node.title)}</text>'
        f'<text class="kind" x="{middle}" y="{y + 41}">{node.caption}</text>'
    )


def _arrow_svg(arrow: _Arrow, corners: dict[str, tuple[int, int]]) -> str:
    (x1, y1), (x2, y2) = corners[arrow.start], corners[arrow.end]
    x1, y1, x2 = x1 + BOX_W // 2, y1 + BOX_H, x2 + BOX_W // 2
    bend = (y1 + y2) // 2
    head = f"M{x2 - 5},{y2 - 8} L{x2},{y2} L{x2 + 5},{y2 - 8}"
    return (
        f'<path class="arrow" d="M{x1},{y1} C{x1},{bend} {x2},{bend} {x2},{y2} {head}"/>'
        f'<text class="key" x="{x2}" y="{y2 - 14}">{escape(arrow.label)}</text>'
    )
