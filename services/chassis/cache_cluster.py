"""The ordinary client of the cluster: who is in it, and commands one at a time."""

from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from services.chassis.seeds import Seed

COMMAND_SECONDS = 0.1


def cluster(nodes: list[Seed]) -> RedisCluster:
    """It connects when first used; all nodes take the first one's user and password."""
    first = nodes[0]
    return RedisCluster(
        startup_nodes=[ClusterNode(seed.host, seed.port) for seed in nodes],
        username=first.username,
        password=first.password,
        ssl=first.tls,
        require_full_coverage=False,
        socket_timeout=COMMAND_SECONDS,
        socket_connect_timeout=COMMAND_SECONDS,
        retry=Retry(NoBackoff(), 1),
        max_connections=64,
        # Else each fifth MOVED closes connections with others' commands on them, and those are
        # sent twice.
        reinitialize_steps=0,
        decode_responses=False,
    )


async def close(commands: RedisCluster) -> None:
    """Its own `aclose` leaves open what it opened while it was looking for its nodes."""
    await commands.aclose()
    for nodes in ("nodes_cache", "startup_nodes"):
        await commands.nodes_manager.aclose(nodes)
