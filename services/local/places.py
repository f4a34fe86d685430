"""Where everything listens: the well-known ports, or free ones beside a running system."""

from __future__ import annotations

from dataclasses import dataclass

from services.local.ports import free_port, free_valkey_ports
from services.local.roles import ROLES, Role, on_ports
from services.local.stores.valkey import PORTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Loopback ports of one whole system; the services' are in their roles."""

    postgres: int = 54320
    replica: int = 54321
    valkey: tuple[int, ...] = PORTS
    telegram: int = 8081
    roles: tuple[Role, ...] = ROLES


def free_places() -> Places:
    """Ports that nobody has now. Another start gets others."""
    return Places(
        postgres=free_port(),
        replica=free_port(),
        valkey=free_valkey_ports(3),
        telegram=free_port(),
        roles=on_ports(free_port),
    )
