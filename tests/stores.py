"""The real stores as fixtures: started at the first test that asks, once for the whole run.

A test module takes `postgres` and makes a database of its own with `create_database`; roles are
shared, schemas are not.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from services.local.ports import free_port, free_valkey_ports
from services.local.stores.postgres import PostgresPair
from services.local.stores.valkey import ValkeyCluster
from services.local.supervisor import Supervisor


@pytest_asyncio.fixture(scope="session")
async def supervisor(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Supervisor]:
    """Keeps the stores' processes; their logs are in the run's temporary folder."""
    async with Supervisor(tmp_path_factory.mktemp("stores") / "logs") as supervisor:
        yield supervisor


@pytest_asyncio.fixture(scope="session")
async def postgres(
    supervisor: Supervisor, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[PostgresPair]:
    """A primary and its hot standby, not durable."""
    root = tmp_path_factory.mktemp("postgres")
    ports = {"port": free_port(), "replica_port": free_port()}
    async with PostgresPair(root, supervisor, durable=False, **ports) as pair:
        yield pair


@pytest_asyncio.fixture(scope="session")
async def valkey(
    supervisor: Supervisor, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ValkeyCluster]:
    """A cluster of three masters."""
    root = tmp_path_factory.mktemp("valkey")
    async with ValkeyCluster(root, supervisor, ports=free_valkey_ports(3)) as cluster:
        yield cluster
