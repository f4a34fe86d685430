"""The price list: read from a small file that people edit, checked, and asked for the smallest
size that holds what is needed."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PRICES = Path(__file__).with_name("prices.toml")

NODES_OWN_CORES, NODES_OWN_GIB = 0.2, 0.6
"""What a machine's system and its agents take before anything of ours runs."""


class BadPrices(ValueError):
    """The price list cannot be used; the message says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A machine that can be had, for so much a month."""

    cores: float
    gib: float
    dollars: float
    disk_gib: float = 0.0
    """Included."""

    def words(self) -> str:
        """As a person says it."""
        return f"{self.cores:g} cores, {self.gib:g} GiB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """A month's."""

    nodes: Sequence[Size]
    postgres: Sequence[Size]
    disk_gib: float
    """One more GiB of disk than is included."""
    load_balancer: float
    monitoring: float
    monitoring_free_up_to: int


def prices_from(path: Path = PRICES) -> Prices:
    """Raises BadPrices."""
    try:
        told = tomllib.loads(path.read_text())
        return Prices(
            nodes=_sizes(told, "node"),
            postgres=_sizes(told, "postgres"),
            disk_gib=_dollars(told["disk_gib"]),
            load_balancer=_dollars(told["load_balancer"]),
            monitoring=_dollars(told["monitoring"]),
            monitoring_free_up_to=int(told["monitoring"]["free_up_to_users"]),
        )
    except KeyError as fault:
        raise BadPrices(f"{path}: {fault.args[0]} is missing") from fault
    except (OSError, ValueError, TypeError) as fault:
        raise BadPrices(f"{path}: {fault}") from fault


def cheapest_postgres(
    prices: Prices, cores: float, gib: float, disk_gib: float
) -> tuple[Size, float] | None:
    """The size that holds it for the least money, and that money, disk bought beside it included;
    None where none does."""
    fits = [size for size in prices.postgres if size.cores >= cores and size.gib >= gib]
    costs = [
        (size.dollars + max(0.0, disk_gib - size.disk_gib) * prices.disk_gib, size) for size in fits
    ]
    dollars, size = min(costs, key=lambda cost: cost[0], default=(0.0, None))
    return None if size is None else (size, dollars)


def cheapest(sizes: Sequence[Size], cores: float, gib: float, *, at_least: int) -> tuple[Size, int]:
    """The size, and how many of it, that together hold it for the least money."""

    def count(size: Size) -> int:
        own_cores, own_gib = size.cores - NODES_OWN_CORES, size.gib - NODES_OWN_GIB
        return max(at_least, math.ceil(cores / own_cores), math.ceil(gib / own_gib))

    best = min(sizes, key=lambda size: (count(size) * size.dollars, count(size)))
    return best, count(best)


def _sizes(told: Mapping[str, Any], name: str) -> Sequence[Size]:
    sizes = [
        Size(**{key: _positive(name, key, value) for key, value in row.items()})
        for row in told[name]
    ]
    if not sizes:
        raise BadPrices(f"no size of {name} is given")
    if name == "node" and any(
        size.cores <= NODES_OWN_CORES or size.gib <= NODES_OWN_GIB for size in sizes
    ):
        raise BadPrices("a node is too small to hold anything beside its own system")
    return sizes


def _dollars(row: Mapping[str, Any]) -> float:
    value = float(row["dollars"])
    if not (math.isfinite(value) and value >= 0):
        raise BadPrices(f"a price must not be {value}")
    return value


def _positive(name: str, key: str, value: Any) -> float:
    if not isinstance(value, int | float) or not 0 < value < math.inf:
        raise BadPrices(f"{name}: {key} must be a number above 0, not {value!r}")
    return float(value)
