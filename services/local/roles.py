"""The product's processes as a table: module, ports, and what each is entitled to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A process of the product: its module, where it listens, what it may reach."""

    name: str
    module: str
    ports: Mapping[str, int]
    """By the environment variable that carries it."""
    schema: str | None = None
    calls: tuple[str, ...] = ()
    """The roles whose addresses it is given."""
    holds_token: bool = False
    holds_webhook_secret: bool = False


ROLES = (
    Role(
        name="users",
        module="services.users",
        ports={"GRPC_PORT": 50051, "OPS_PORT": 9091},
        schema="users",
    ),
    Role(
        name="sessions",
        module="services.sessions",
        ports={"GRPC_PORT": 50052, "OPS_PORT": 9092},
        schema="sessions",
        calls=("users", "teams"),
    ),
    Role(
        name="teams",
        module="services.teams",
        ports={"GRPC_PORT": 50053, "OPS_PORT": 9093},
        schema="teams",
        calls=("users",),
    ),
    Role(
        name="sender",
        module="services.gateway.sender",
        ports={"GRPC_PORT": 50054, "OPS_PORT": 9094},
        schema="sender",
        calls=("users",),
        holds_token=True,
    ),
    Role(
        name="sessions-worker",
        module="services.sessions.worker",
        ports={"OPS_PORT": 9095},
        schema="sessions",
        calls=("users", "teams", "sender"),
    ),
    Role(
        name="teams-worker",
        module="services.teams.worker",
        ports={"OPS_PORT": 9096},
        schema="teams",
        calls=("users", "sender"),
    ),
    Role(
        name="gateway",
        module="services.gateway",
        ports={"HTTP_PORT": 8080, "OPS_PORT": 9090},
        calls=("users", "sessions", "teams", "sender"),
        holds_webhook_secret=True,
    ),
)

MIGRATIONS: Mapping[str, str] = {
    "users": "services.users.migrate",
    "sessions": "services.sessions.migrate",
    "teams": "services.teams.migrate",
    "sender": "services.gateway.sender.migrate",
}
"""By schema, the module that brings it up to date."""


def on_ports(port: Callable[[], int], roles: tuple[Role, ...] = ROLES) -> tuple[Role, ...]:
    """The same roles listening elsewhere, so that a test can run beside a running system."""
    return tuple(replace(role, ports={name: port() for name in role.ports}) for role in roles)
