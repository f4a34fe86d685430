"""What a dashboard is made of. How Grafana wants it written is in grafana.py, how it is shown in a
terminal in shown.py.

In a query `$namespace` is one namespace, `$role` a pattern of roles, `$__rate_interval` a span of
at least four scrapes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

HERE = 'namespace="$namespace"'
"""Of every query: one installation's series."""

MINE = f'{HERE},role=~"$role"'
"""The same for the roles that were chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """PromQL, and what each of its rows is called, with {{label}}s."""

    expr: str
    legend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One question with its answers. `unit` is Grafana's name of it."""

    title: str
    queries: Sequence[Query]
    unit: str = "short"
    about: str = ""
    kind: str = "timeseries"
    """timeseries, or stat for a single figure."""

    exemplars: bool = False
    """Show the traces behind a histogram."""

    lines: Sequence[float] = ()
    """From where on a figure is bad."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """Panels in rows with titles."""

    name: str
    """The file's and the address's."""

    title: str
    rows: Mapping[str, Sequence[Panel]]

    def panels(self) -> list[Panel]:
        """Of all rows."""
        return [panel for row in self.rows.values() for panel in row]


def rate(counter: str, labels: str = MINE) -> str:
    """A second."""
    return f"rate({counter}{{{labels}}}[$__rate_interval])"


def summed(counter: str, *by: str, labels: str = MINE) -> str:
    """A second, of all pods."""
    return f"sum by ({', '.join(by)}) ({rate(counter, labels)})"


def quantile(share: float, histogram: str, *by: str, labels: str = MINE) -> str:
    """What this share of the observations does not exceed."""
    every = ", ".join((*by, "le"))
    return f"histogram_quantile({share}, sum by ({every}) ({rate(f'{histogram}_bucket', labels)}))"


def mean(histogram: str, *by: str, labels: str = MINE) -> str:
    """Of the observations: for counts, where a quantile would say a half of what is always one."""
    total, count = (summed(f"{histogram}_{part}", *by, labels=labels) for part in ("sum", "count"))
    return f"{total} / {count}"


def one(expr: str, legend: str) -> tuple[Query]:
    """A single query."""
    return (Query(expr=expr, legend=legend),)


def quantiles(histogram: str, *by: str, labels: str = MINE) -> tuple[Query, ...]:
    """The usual three."""
    name = " ".join(f"{{{{{label}}}}}" for label in by)
    return tuple(
        Query(expr=quantile(share, histogram, *by, labels=labels), legend=f"{name} {words}".strip())
        for share, words in ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))
    )
