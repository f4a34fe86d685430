"""What Postgres and the cache need: cores, memory, disk, connections."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from services.local.capacity.demand import Demand

KEPT_DAYS = 3 * 365
"""Evenings are kept; so is who came."""

HOT_DAYS = 30
ENTRIES_A_MESSAGE = 0.02
"""At ten messages a day: who uses the bot plays three evenings in two weeks."""

ENTRY_BYTES, PERSON_BYTES, REQUEST_BYTES = 900, 500, 500
"""A row with its companions and their indexes, as `make growth` finds them."""

REQUESTS_KEPT_DAYS = 2
CONNECTION_MIB = 8
POSTGRES_OWN_GIB = 0.5
RESERVED_CONNECTIONS = 10
POSTGRES_TARGET = 0.6

CACHE_NODES = 3
CACHE_NODE_MIB = 96
PERSON_CACHED_BYTES = 3_000
ACTIVE_SHARE = 0.2
"""Of all people, those whose identity and conversation are in the cache at once."""

GIB = 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Of one demand."""

    primary_cores: float
    standby_cores: float
    cache_cores: float
    postgres_gib: float
    """Of memory, for each of the two servers."""
    disk_gib: float
    connections: int
    max_connections: int
    cache_node_mib: int

    @property
    def cores(self) -> float:
        """Busy ones, all stores together."""
        return self.primary_cores + self.standby_cores + self.cache_cores

    @property
    def postgres_cores(self) -> float:
        """That a server has to have: either may be the primary."""
        return max(self.primary_cores, self.standby_cores) / POSTGRES_TARGET

    @property
    def cache_mib(self) -> int:
        """Of memory, the whole cluster."""
        return CACHE_NODES * self.cache_node_mib


def stores_for(demand: Demand, cores: Mapping[str, float], connections: int) -> Stores:
    """`cores`: busy ones by process; `connections`: to one server at most."""
    hot = rows_gib(demand, days=HOT_DAYS)
    most = math.ceil((connections + RESERVED_CONNECTIONS) / 50) * 50
    return Stores(
        primary_cores=cores["postgres"],
        standby_cores=cores["postgres-standby"],
        cache_cores=cores["valkey"],
        postgres_gib=POSTGRES_OWN_GIB + hot + connections * CONNECTION_MIB / 1024,
        disk_gib=1 + 2 * rows_gib(demand, days=KEPT_DAYS),
        connections=connections,
        max_connections=most,
        cache_node_mib=CACHE_NODE_MIB + _cached_mib(demand),
    )


def rows_gib(demand: Demand, *, days: int) -> float:
    """Of people, of so many days' entries and of the requests that are remembered."""
    entries = demand.messages_per_day * ENTRIES_A_MESSAGE
    requests = entries * REQUESTS_KEPT_DAYS * REQUEST_BYTES
    return (demand.users * PERSON_BYTES + entries * days * ENTRY_BYTES + requests) / GIB


def _cached_mib(demand: Demand) -> int:
    cached = demand.users * ACTIVE_SHARE * PERSON_CACHED_BYTES
    return math.ceil(cached / CACHE_NODES / 1024**2)
