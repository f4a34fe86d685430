"""The size of a crowd as text: one demand in full, or several against the guide's table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.local.capacity.bill import bill, total
from services.local.capacity.demand import CITY, GUIDE, GuideRow
from services.local.capacity.figures import Figures
from services.local.capacity.prices import Prices
from services.local.capacity.sizing import ALONE, CROWD, RUSH_SECONDS, Need, Sized, sized
from services.local.capacity.stores import CACHE_NODES, KEPT_DAYS, RESERVED_CONNECTIONS

SENDS_A_SECOND = 25
"""SEND_RATE_MAX: what Telegram lets one bot send."""

SENDS_AN_UPDATE = 0.3
"""Edits of cards; a message's screen rides in the webhook's answer."""


def table(figures: Figures, prices: Prices) -> str:
    """The guide's four rows and a city of a million, beside what the guide says of them."""
    head = ("Users", "Messages/day", "Peak/s", "Cores", "RAM", "Pods", "$/month")
    rows = [_row(row, figures, prices) for row in GUIDE]
    city = sized(CITY, figures)
    rows.append((*_cells(city, prices), "-", "-", "-"))
    return _aligned([(*head, "Guide: CPU", "RAM", "$/month"), *rows])


def full(needed: Sized, prices: Prices) -> str:
    """One demand: each number with its reason."""
    demand = needed.demand
    parts = (
        f"{demand.users:,} users, {demand.messages_per_day:,} messages a day: "
        f"{demand.average:.1f} updates/s on average, {demand.rate:.1f}/s in the busiest minute "
        f"(x {demand.peak:g})",
        _processes(needed.needs),
        _stores(needed),
        _costs(needed, prices),
        "\n".join(_remarks(needed)),
    )
    return "\n\n".join(parts)


def opening(taps: int) -> str:
    """What a TelegramBot's prescaling must be told."""
    return (
        f"When registration opens one gateway answers {taps:,} taps in the first "
        f"{RUSH_SECONDS:.0f} s: tapsPerReplica: {taps} in spec.prescaling of the TelegramBot."
    )


def _row(row: GuideRow, figures: Figures, prices: Prices) -> tuple[str, ...]:
    dollars = "-" if row.dollars is None else f"{row.dollars}"
    ours = _cells(sized(row.demand, figures), prices)
    return (*ours, row.cpu, f"{row.ram_gib:g} GiB", dollars)


def _cells(needed: Sized, prices: Prices) -> tuple[str, ...]:
    demand = needed.demand
    return (
        f"{demand.users:,}",
        f"{demand.messages_per_day:,}",
        f"{demand.rate:.0f}",
        f"{needed.cores:.2f}",
        f"{needed.gib:.1f} GiB",
        str(sum(need.replicas for need in needed.needs)),
        f"{total(bill(needed, prices)):.0f}",
    )


def _processes(needs: Sequence[Need]) -> str:
    head = ("process", "replicas", "HPA", "memory request/limit", "pool", "why")
    rows = (
        (
            need.process,
            str(need.replicas),
            f"{need.replicas}-{need.most}",
            f"{need.request_mib}/{need.limit_mib} MiB",
            str(need.pool or "-"),
            need.why,
        )
        for need in needs
    )
    return _aligned([head, *rows])


def _stores(needed: Sized) -> str:
    stores = needed.stores
    return "\n".join(
        (
            f"Postgres: {stores.postgres_cores:.2f} cores and {stores.postgres_gib:.1f} GiB each, "
            f"primary and standby; {stores.disk_gib:.0f} GiB of disk for {KEPT_DAYS // 365} years",
            f"  {stores.connections} connections when every autoscaler is at its most, so "
            f"max_connections = {stores.max_connections} ({RESERVED_CONNECTIONS} are kept for "
            "operators)",
            f"cache: {CACHE_NODES} nodes of {stores.cache_node_mib} MiB, {stores.cache_cores:.2f} "
            "cores in all",
        )
    )


def _costs(needed: Sized, prices: Prices) -> str:
    lines = bill(needed, prices)
    rows = [(f"  {line.what}", f"${line.dollars:.0f}") for line in lines]
    return _aligned([("a month:", f"${total(lines):.0f}"), *rows])


def _remarks(needed: Sized) -> Iterable[str]:
    yield (
        "The minimum carries the busiest minute: a rush is over before a new pod is ready. "
        "The maximum is twice that."
    )
    yield opening(needed.taps_per_replica)
    if needed.demand.rate < CROWD:
        yield (
            f"Under {CROWD:.0f} updates/s calls mostly travel alone: counted at {ALONE:g} times "
            "the crowd's cost."
        )
    if needed.one_machine:
        yield "One machine, as `make run` has it: when it is gone, so is the bot until it is back."
    if (edits := needed.demand.rate * SENDS_AN_UPDATE) > SENDS_A_SECOND:
        yield (
            f"Telegram takes {SENDS_A_SECOND} messages a second from a bot; {edits:.0f} cards a "
            "second want an edit at the peak. Notices go first, late edits are dropped, the tap's "
            "own answer always arrives."
        )


def _aligned(rows: Iterable[tuple[str, ...]]) -> str:
    lines = list(rows)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    cells = ((cell.ljust(w) for cell, w in zip(line, widths, strict=True)) for line in lines)
    return "\n".join("  ".join(line).rstrip() for line in cells)
