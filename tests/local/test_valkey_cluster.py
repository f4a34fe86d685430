"""The embedded cluster serves all slots, lives with a lost node, and comes back as it was."""

from __future__ import annotations

from redis.asyncio.cluster import ClusterNode, RedisCluster

from services.local.stores.valkey import ValkeyCluster


def client(cluster: ValkeyCluster) -> RedisCluster:
    return RedisCluster(startup_nodes=[ClusterNode("127.0.0.1", port) for port in cluster.ports])


async def test_every_slot_is_served(valkey: ValkeyCluster) -> None:
    async with client(valkey) as commands:
        for number in range(50):
            await commands.set(f"key:{number}", str(number))
        assert await commands.get("key:49") == b"49"
