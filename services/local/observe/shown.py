"""What each panel of a dashboard would show now, as text."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.local.observe.panels import Dashboard, Panel
from services.local.observe.prometheus import Prometheus, Sample

WORD = re.compile(r"\{\{(\w+)\}\}")
MOST_ROWS = 12
LEGEND_WIDTH = 52


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What stands for a dashboard's variables."""

    namespace: str
    role: str = ".+"
    rate_interval: str = "1m"

    def of(self, expr: str) -> str:
        """The query as it is sent."""
        return (
            expr.replace("$namespace", self.namespace)
            .replace("$role", self.role)
            .replace("$__rate_interval", self.rate_interval)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One query's rows, by what each is called."""

    expr: str
    rows: Sequence[tuple[str, float]]


async def answered(panel: Panel, prometheus: Prometheus, scope: Scope) -> list[Answer]:
    """Of each of its queries. Raises NoAnswer."""
    answers = []
    for query in panel.queries:
        expr = scope.of(query.expr)
        rows = [(_called(query.legend, row), row[1]) for row in await prometheus.query(expr)]
        answers.append(Answer(expr=expr, rows=sorted(rows)))
    return answers


async def shown(
    dashboard: Dashboard, prometheus: Prometheus, scope: Scope, *, with_queries: bool = False
) -> str:
    """The whole of it. Raises NoAnswer."""
    lines = ["", f"=== {dashboard.title} ==="]
    for title, panels in dashboard.rows.items():
        lines += ["", f"-- {title}"]
        for panel in panels:
            answers = await answered(panel, prometheus, scope)
            lines += _panel(panel, answers, with_queries=with_queries)
    return "\n".join(lines)


def _panel(panel: Panel, answers: Sequence[Answer], *, with_queries: bool) -> Iterator[str]:
    yield panel.title
    if with_queries:
        yield from (f"    | {answer.expr}" for answer in answers)
    rows = [row for answer in answers for row in answer.rows]
    for name, value in rows[:MOST_ROWS]:
        yield f"    {name[:LEGEND_WIDTH]:<{LEGEND_WIDTH}} {told(value, panel.unit):>12}"
    if len(rows) > MOST_ROWS:
        yield f"    ... and {len(rows) - MOST_ROWS} more"
    if not rows:
        yield "    nothing yet"


def told(value: float, unit: str) -> str:
    """A figure with its unit, as a person reads it."""
    if math.isnan(value):
        return "-"
    match unit:
        case "percentunit":
            return f"{100 * value:.2f} %"
        case "s":
            return f"{1000 * value:.1f} ms" if abs(value) < 1 else f"{value:.1f} s"
        case "bytes":
            return f"{value / 2**20:.1f} MiB"
        case "reqps":
            return f"{value:.2f}/s"
        case _:
            return f"{value:.6g}"


def _called(legend: str, row: Sample) -> str:
    return WORD.sub(lambda word: row[0].get(word[1], ""), legend).strip() or "-"
