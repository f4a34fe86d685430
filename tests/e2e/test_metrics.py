"""What each process tells a monitoring system."""

import pytest

from tests.e2e.city import City

RPC, POOL = "fotbot_rpc_served_seconds", 'fotbot_database_connections_in_use{pool="primary"}'
OWN = {
    "users": [RPC, POOL],
    "sessions": [RPC, POOL],
    "teams": [RPC, POOL],
    "sender": [RPC, POOL],
    "sessions-worker": ["fotbot_job_seconds"],
    "gateway": ["fotbot_handler_seconds"],
}


@pytest.mark.parametrize("name", OWN)
async def test_metrics_hold_the_processs_histogram_and_its_pools(city: City, name: str) -> None:
    async with city.http.get(city.ops(name, "/metrics")) as response:
        told = await response.text()
    assert response.status == 200
    assert [metric for metric in OWN[name] if metric not in told] == []
