"""The comparison as a picture: CPU per update, system by system, as an SVG made by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

PLOT = Path("bench/cpu.svg")
COLOURS = {"fotbot": "#1f7a4d", "telegraf-sql": "#8a8f98", "telegraf-prisma": "#b0b5bd"}
OTHER = "#cfd3d9"
TITLES = {"start": "/start", "list": "list of sessions", "register": "register tap"}
WIDTH, BAR, GAP, LEFT, RIGHT = 820, 22, 6, 170, 110


def draw(results: Mapping[str, Any], path: Path = PLOT) -> None:
    """From `cpu_us`: microseconds per update by system and operation."""
    cost: Mapping[str, Mapping[str, float]] = results.get("cpu_us", {})
    operations = [name for name in TITLES if any(name in row for row in cost.values())]
    if not operations:
        return
    parts: list[str] = []
    top = 34.0
    for operation in operations:
        rows = [(name, row[operation]) for name, row in cost.items() if operation in row]
        drawn, top = _panel(TITLES[operation], sorted(rows, key=lambda row: row[1]), top)
        parts += drawn
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_framed(parts, top))


def _panel(title: str, rows: Sequence[tuple[str, float]], top: float) -> tuple[list[str], float]:
    parts = [_text(LEFT, top, title, weight="bold")]
    most = max(cost for _, cost in rows)
    best = rows[0][1]
    for name, cost in rows:
        top += BAR + GAP
        length = (WIDTH - LEFT - RIGHT) * cost / most
        colour = COLOURS.get(name, OTHER)
        parts.append(
            f'<rect x="{LEFT}" y="{top - BAR + 6:.0f}" width="{max(1, length):.0f}"'
            f' height="{BAR}" fill="{colour}" rx="2"/>'
        )
        parts.append(_text(LEFT - 8, top, name, anchor="end"))
        parts.append(_text(LEFT + length + 6, top, f"{cost:,.0f} µs · {cost / best:.1f}×"))
    return parts, top + 2 * BAR


def _text(x: float, y: float, words: str, *, anchor: str = "start", weight: str = "normal") -> str:
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" font-weight="{weight}">'
        f"{escape(words)}</text>"
    )


def _framed(parts: Sequence[str], height: float) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:.0f}"'
        ' font-family="sans-serif" font-size="13" fill="#222">'
        f'<rect width="100%" height="100%" fill="#fff"/>'
    )
    return "\n".join([head, *parts, "</svg>"]) + "\n"
