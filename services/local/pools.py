"""How many connections each process may open, so that all together fit into one Postgres.

The same numbers hold for the primary and for the standby: each process has a pool to either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.local.roles import Role
from services.local.stores.postgres_server import MAX_CONNECTIONS

VARIABLE = "DATABASE_POOL_MAX"
POOL, WORKERS_POOL = 10, 4
# The one on which it is told of new jobs and takes them.
WORKERS_OWN = 1
# The standby, migrations, whoever looks into the database by hand, and three for a superuser.
KEPT_FREE = 20


class TooManyConnections(Exception):
    """The pools do not fit; the message has the numbers and says what would."""


def pool_sizes(
    roles: Sequence[Role], environ: Mapping[str, str], most: int = MAX_CONNECTIONS
) -> dict[str, int]:
    """By process, the most connections of its pool; DATABASE_POOL_MAX sets it for all of them.

    Raises TooManyConnections when they could open more than `most` together.
    """
    given = environ.get(VARIABLE)
    if given is not None and not given.isdecimal():
        raise TooManyConnections(f"{VARIABLE} must be a number, not {given!r}")
    stored = [role for role in roles if role.schema]
    sizes = {role.name: int(given) if given else _usual(role) for role in stored}
    own = sum(WORKERS_OWN for role in stored if _is_worker(role))
    room, wanted = most - KEPT_FREE - own, sum(sizes.values())
    if wanted > room:
        told = " + ".join(f"{name} {size}" for name, size in sizes.items())
        raise TooManyConnections(
            f"{told} = {wanted} connections to Postgres, which has {most}, {KEPT_FREE} of them kept"
            f" free and {own} the workers' own: set {VARIABLE} to {room // len(stored)} or less"
        )
    return sizes


def _usual(role: Role) -> int:
    return WORKERS_POOL if _is_worker(role) else POOL


def _is_worker(role: Role) -> bool:
    return role.module.endswith(".worker")
