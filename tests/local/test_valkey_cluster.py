"""The embedded cluster serves all slots, lives with a lost node, and comes back as it was."""

from __future__ import annotations

from pathlib import Path

from redis.asyncio.cluster import ClusterNode, RedisCluster

from services.local.ports import free_valkey_ports
from services.local.stores.valkey import ValkeyCluster
from services.local.supervisor import Supervisor


def client(cluster: ValkeyCluster) -> RedisCluster:
    return RedisCluster(startup_nodes=[ClusterNode("127.0.0.1", port) for port in cluster.ports])


def owner(commands: RedisCluster, key: str) -> int:
    node = commands.get_node_from_key(key)
    assert node is not None
    return int(node.port)


async def test_every_slot_is_served(valkey: ValkeyCluster) -> None:
    async with client(valkey) as commands:
        for number in range(50):
            await commands.set(f"key:{number}", str(number))
        assert await commands.get("key:49") == b"49"


async def test_a_lost_node_takes_its_own_keys_along_and_no_others(valkey: ValkeyCluster) -> None:
    async with client(valkey) as commands:
        keys = [f"key:{number}" for number in range(100)]
        lost = next(key for key in keys if owner(commands, key) == valkey.ports[0])
        other = next(key for key in keys if owner(commands, key) != valkey.ports[0])
        await valkey.stop_node(0)
        try:
            assert await commands.set(other, "still here")
        finally:
            await valkey.start_node(0)
        assert await commands.set(lost, "back")


async def test_a_restarted_cluster_is_the_same_one_and_empty(valkey: ValkeyCluster) -> None:
    url = valkey.url
    async with client(valkey) as commands:
        await commands.set("kept", "no")
        ids = {node.name for node in commands.get_nodes()}
    await valkey.stop()
    await valkey.start()
    assert valkey.url == url
    async with client(valkey) as commands:
        assert {node.name for node in commands.get_nodes()} == ids
        assert await commands.get("kept") is None


async def test_a_cluster_with_a_spoilt_memory_is_formed_anew(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    root, ports = tmp_path / "valkey", free_valkey_ports(3)
    cluster = ValkeyCluster(root, supervisor, ports=ports, name="spoilt")
    async with cluster:
        pass
    (root / "1" / "nodes.conf").write_text("not a cluster\n")
    async with cluster, client(cluster) as commands:
        assert await commands.set("key", "value")
