"""What a size costs a month, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.local.capacity.prices import Prices, Size, cheapest, cheapest_postgres
from services.local.capacity.sizing import TARGET, Sized

LEAST_NODES = 2
"""So that a node may go while another serves."""


class TooLarge(ValueError):
    """The price list has no server that holds it; the message says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that is paid for."""

    what: str
    dollars: float


def bill(needed: Sized, prices: Prices) -> Sequence[Line]:
    """Raises TooLarge."""
    lines = _one_machine(needed, prices) if needed.one_machine else _cluster(needed, prices)
    free = needed.demand.users <= prices.monitoring_free_up_to
    return [*lines, Line(what="monitoring", dollars=0 if free else prices.monitoring)]


def total(lines: Sequence[Line]) -> float:
    """Of all lines."""
    return sum(line.dollars for line in lines)


def _one_machine(needed: Sized, prices: Prices) -> list[Line]:
    size, count = cheapest(prices.nodes, needed.cores / TARGET, needed.gib, at_least=1)
    return [_machines("machine with everything on it", size, count)]


def _cluster(needed: Sized, prices: Prices) -> list[Line]:
    cores = sum(need.cores for need in needed.needs) + needed.stores.cache_cores
    size, count = cheapest(prices.nodes, cores / TARGET, needed.process_gib, at_least=LEAST_NODES)
    return [
        _machines("machines for processes and cache", size, count),
        _postgres(needed, prices),
        Line(what="load balancer", dollars=prices.load_balancer),
    ]


def _postgres(needed: Sized, prices: Prices) -> Line:
    stores = needed.stores
    cores, gib = stores.postgres_cores, stores.postgres_gib
    found = cheapest_postgres(prices, cores, gib, stores.disk_gib)
    if found is None:
        raise TooLarge(
            f"no Postgres of the price list has {cores:.1f} cores and {gib:.0f} GiB: add one to it"
        )
    size, dollars = found
    what = f"Postgres, primary and standby: 2 x {size.words()}, {stores.disk_gib:.0f} GiB of disk"
    return Line(what=what, dollars=2 * dollars)


def _machines(what: str, size: Size, count: int) -> Line:
    return Line(what=f"{what}: {count} x {size.words()}", dollars=count * size.dollars)
