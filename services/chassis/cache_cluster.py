"""The ordinary client of the cluster: who is in it, and commands one at a time."""

import ssl
from collections.abc import Callable
from typing import Any

from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.asyncio.connection import SSLConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.credentials import CredentialProvider

from services.chassis import logs
from services.chassis.seeds import Seed, seeds
from services.chassis.server_trust import cache_context

COMMAND_SECONDS = 0.1
HANDSHAKE_SECONDS = 1.0

log = logs.logger(__name__)


class TrustingConnection(SSLConnection):
    """redis-py's, which would read the system's roots for each connection, whoever vouches."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.ssl_context.context = cache_context(self.ca_certs, names=self.check_hostname)


class Presented(CredentialProvider):
    """As whom each new connection comes: the first seed's user, as the setting has it then."""

    def __init__(self, seed: Seed, now: Callable[[], str] | None) -> None:
        self._seed = seed
        self._now = now

    def get_credentials(self) -> tuple[str] | tuple[str, str]:
        """User, if any, and password; those before where the new ones are not understood."""
        try:
            newest = seeds(self._now())[0] if self._now else self._seed
        except ValueError:
            log.warning("the cache's new address is not understood")
            newest = self._seed
        self._seed = newest if newest.password else self._seed
        password = self._seed.password or ""
        logs.hide(password)
        return (self._seed.username, password) if self._seed.username else (password,)


def cluster(nodes: list[Seed], now: Callable[[], str] | None = None) -> RedisCluster:
    """It connects when first used; all nodes take the first one's user, password and trust. `now`
    tells the setting anew for each connection: user and password count from the next one on."""
    first = nodes[0]
    commands = RedisCluster(
        startup_nodes=[ClusterNode(seed.host, seed.port) for seed in nodes],
        credential_provider=Presented(first, now) if first.password else None,
        ssl=first.tls,
        ssl_ca_certs=first.roots,
        ssl_check_hostname=first.names,
        require_full_coverage=False,
        socket_timeout=COMMAND_SECONDS,
        # A handshake takes longer; a command's own time is not longer for it.
        socket_connect_timeout=HANDSHAKE_SECONDS if first.tls else COMMAND_SECONDS,
        retry=Retry(NoBackoff(), 1),
        max_connections=64,
        # Else each fifth MOVED closes connections with others' commands on them, and those are
        # sent twice.
        reinitialize_steps=0,
        decode_responses=False,
    )
    if first.tls:
        commands.connection_kwargs["connection_class"] = TrustingConnection
        for node in commands.startup_nodes:
            node.connection_class = TrustingConnection
    return commands


def context_for(node: ClusterNode) -> ssl.SSLContext | None:
    """For a connection to the node beside the client's own ones; None: in the clear."""
    if not issubclass(node.connection_class, SSLConnection):
        return None
    asked = node.connection_kwargs
    return cache_context(asked.get("ssl_ca_certs"), names=asked.get("ssl_check_hostname", True))


async def close(commands: RedisCluster) -> None:
    """Its own `aclose` leaves open what it opened while it was looking for its nodes."""
    await commands.aclose()
    for nodes in ("nodes_cache", "startup_nodes"):
        await commands.nodes_manager.aclose(nodes)
