"""The charts' README.md, from the comments in values.yaml: `python -m tests.helm.chart_readme`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.helm.chart import CHART

README = CHART / "README.md"
CHARTS = (CHART, CHART.with_name("fotbot-operator"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A key of the values: its path, its default as JSON (None for a block), what is said of it."""

    path: tuple[str, ...]
    default: str | None
    told: str


def rows(chart: Path = CHART) -> list[Row]:
    """Every key, in the order of the file."""
    text = (chart / "values.yaml").read_text()
    root = yaml.compose(text)
    assert isinstance(root, yaml.MappingNode)
    return list(_rows(root, (), text.splitlines()))


def _rows(node: yaml.MappingNode, above: tuple[str, ...], lines: list[str]) -> Iterator[Row]:
    for key, value in node.value:
        path = (*above, key.value)
        told = _comment(lines, key.start_mark.line)
        if isinstance(value, yaml.MappingNode) and not value.flow_style:
            yield Row(path=path, default=None, told=told)
            yield from _rows(value, path, lines)
        else:
            yield Row(path=path, default=_json(value), told=told)


def _comment(lines: list[str], line: int) -> str:
    """What stands right above a key, from its `# --` on."""
    said: list[str] = []
    while line and lines[line - 1].lstrip().startswith("#"):
        line -= 1
        said.insert(0, lines[line].lstrip().removeprefix("#").strip())
        if said[0].startswith("--"):
            said[0] = said[0].removeprefix("--").strip()
            return " ".join(said)
    return ""


def _json(node: yaml.Node) -> str:
    value: Any = yaml.SafeLoader("").construct_object(node, deep=True)
    return json.dumps(value, ensure_ascii=False)


def readme(chart: Path = CHART) -> str:
    """The whole page."""
    parts = [(chart / "README.head.md").read_text().rstrip(), "", "## Values"]
    for row in rows(chart):
        if len(row.path) == 1:
            parts += ["", f"### {row.path[0]}", ""]
            parts += [row.told, ""] if row.told and row.default is None else []
            parts += ["| key | default | |", "|---|---|---|"]
            if row.default is None:
                continue
        if row.default is not None or row.told:
            default = "" if row.default is None else f"`{row.default}`"
            told = row.told.replace("|", "\\|").replace("<", "&lt;")
            parts.append(f"| `{'.'.join(row.path)}` | {default} | {told} |")
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    for chart in CHARTS:
        (chart / "README.md").write_text(readme(chart))
    sys.exit(0)
