"""From a demand and the figures to processes and stores: how many of each, how large, and why.

Pure functions; what it costs is the bill's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from services.local.capacity.demand import Demand
from services.local.capacity.figures import CALLED, WORKERS, Figures
from services.local.capacity.stores import Stores, stores_for

ONE_MACHINE_USERS = 1_000
"""Up to so many everything may be on one machine, as in the guide's first phase."""

ALONE = 5.0
"""Times what an update costs where there is no crowd to share a batch with."""

CROWD = 300.0
"""Updates a second from which batches form."""

TARGET = 0.6
"""Of its one core; the rest is for a pod that is lost, a retry, a slow neighbour."""

SPARE = 2
"""Replicas from which one may go (a rollout, a drained node) while the others serve."""

RUSH_SECONDS = 10.0
"""In which a crowd taps when registration opens."""

REQUEST, LIMIT = 1.25, 2.0
"""Of the measured memory."""

POOL_LEAST, POOL_MOST = 4, 10
TRANSACTION_SECONDS = 0.01
WITH_SCHEMA = ("users", "sessions", "teams", "sender", *WORKERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Of one process."""

    process: str
    cores: float
    """In the busiest minute, all replicas together."""
    replicas: int
    most: int
    """maxReplicas of its autoscaler."""
    request_mib: int
    limit_mib: int
    pool: int
    """DATABASE_POOL_MAX; 0 where there is no schema."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """Everything that a demand needs."""

    demand: Demand
    one_machine: bool
    needs: Sequence[Need]
    stores: Stores
    taps_per_replica: int
    """tapsPerReplica of a TelegramBot's prescaling."""

    @property
    def cores(self) -> float:
        """In the busiest minute, stores included."""
        return sum(need.cores for need in self.needs) + self.stores.cores

    @property
    def process_gib(self) -> float:
        """What the processes request, the cache's nodes included."""
        own = sum(need.replicas * need.request_mib for need in self.needs)
        return (own + self.stores.cache_mib) / 1024

    @property
    def gib(self) -> float:
        """All memory, Postgres and its standby included."""
        return self.process_gib + self.stores.postgres_gib * (1 if self.one_machine else 2)


def sized(demand: Demand, figures: Figures) -> Sized:
    """What it takes."""
    one_machine = demand.users <= ONE_MACHINE_USERS
    needs = [
        _need(name, demand, figures, least=1 if one_machine else SPARE)
        for name in (*CALLED, *WORKERS)
    ]
    cpu_us = {name: figure.value for name, figure in figures.cpu_us.items()}
    cores = {name: cores_for(demand.rate, us) for name, us in cpu_us.items()}
    return Sized(
        demand=demand,
        one_machine=one_machine,
        needs=needs,
        stores=stores_for(demand, cores, connections(needs)),
        taps_per_replica=taps_per_replica(figures),
    )


def taps_per_replica(figures: Figures) -> int:
    """Taps that one gateway answers in the rush after registration opens, in whole hundreds."""
    a_second = TARGET / (figures.cpu_us["gateway"].value * 1e-6)
    return max(100, math.floor(a_second * RUSH_SECONDS / 100) * 100)


def cores_for(rate: float, us: float) -> float:
    """Busy cores at so many updates a second: dear while each is alone, at the crowd's price once
    there is one, and never less than a smaller crowd needs."""
    return us * 1e-6 * max(rate, ALONE * min(rate, CROWD))


def connections(needs: Sequence[Need]) -> int:
    """To one Postgres server when every autoscaler is at its most; workers listen on one more."""
    pools = sum(need.most * need.pool for need in needs)
    return pools + sum(need.most for need in needs if need.process in WORKERS)


def _need(process: str, demand: Demand, figures: Figures, *, least: int) -> Need:
    figure, memory = figures.cpu_us[process], figures.memory_mib[process]
    cores = cores_for(demand.rate, figure.value)
    carried = math.ceil(cores / TARGET)
    replicas = max(least, carried)
    return Need(
        process=process,
        cores=cores,
        replicas=replicas,
        most=replicas if least == 1 else 2 * replicas,
        request_mib=_up_to(memory.value * REQUEST, 16),
        limit_mib=_up_to(memory.value * LIMIT, 32),
        pool=_pool(demand.rate, replicas) if process in WITH_SCHEMA else 0,
        why=_why(figure.value, figure.source, cores, carried, least),
    )


def _pool(rate: float, replicas: int) -> int:
    """Transactions under way in one replica (Little), with as many again for a slow second."""
    wanted = math.ceil(2 * rate * TRANSACTION_SECONDS / replicas)
    return min(POOL_MOST, max(POOL_LEAST, wanted))


def _why(us: float, source: str, cores: float, carried: int, least: int) -> str:
    told = f"{us:.0f} us/update ({source}) = {cores:.2f} cores"
    if carried > least:
        return f"{told}, at {TARGET:.0%} of a core each"
    reason = "one machine" if least == 1 else "one may go while another serves"
    return f"{told}; {reason}"


def _up_to(value: float, step: int) -> int:
    return math.ceil(value / step) * step
