"""What each process tells a monitoring system."""

import pytest

from tests.e2e.city import City

RPC, POOL = "fotbot_rpc_served_seconds", 'fotbot_database_connections_in_use{pool="primary"}'
CACHE = "fotbot_cache_connections_in_use"
OWN = {
    "users": [RPC, POOL, CACHE],
    "sessions": [RPC, POOL, CACHE],
    "teams": [RPC, POOL, CACHE],
    "sender": [RPC, POOL, CACHE],
    "sessions-worker": ["fotbot_job_seconds"],
    "teams-worker": ["fotbot_job_seconds"],
    "gateway": ["fotbot_handler_seconds", CACHE],
}


@pytest.mark.parametrize("name", OWN)
async def test_metrics_hold_the_processs_histogram_and_its_pools(city: City, name: str) -> None:
    async with city.http.get(city.ops(name, "/metrics")) as response:
        told = await response.text()
    assert response.status == 200
    assert [metric for metric in OWN[name] if metric not in told] == []
