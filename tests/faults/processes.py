"""The product's processes in several copies, as a cluster has them, each caller knowing all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.local.layout import Layout
from services.local.ports import free_port
from services.local.process import LOOPBACK, Process, answers_http
from services.local.stores.postgres_schemas import Database

COPIES: Mapping[str, int] = {"gateway": 2, "sessions": 2, "users": 2, "teams": 2, "sender": 2}


def several(layout: Layout, copies: Mapping[str, int] = COPIES) -> list[Process]:
    """name, name-2, ... of each, ready to be started."""
    made = [copy for first in layout.services() for copy in _copies(first, copies)]
    targets = _targets(made)
    return [replace(process, env={**process.env, **_known(process, targets)}) for process in made]


def over_both(processes: Sequence[Process], database: Database) -> list[Process]:
    """The same, writing to whichever of the database's two servers takes writes."""
    alone, both = (
        f"{LOOPBACK}:{database.port}/",
        f"{LOOPBACK}:{database.port},{LOOPBACK}:{database.replica_port}/",
    )
    return [
        replace(
            process,
            env={**process.env, "DATABASE_URL": process.env["DATABASE_URL"].replace(alone, both)},
        )
        if "DATABASE_URL" in process.env
        else process
        for process in processes
    ]


def _copies(first: Process, copies: Mapping[str, int]) -> list[Process]:
    return [first, *(_another(first, n) for n in range(2, copies.get(first.name, 1) + 1))]


def _another(first: Process, number: int) -> Process:
    ports = {purpose: free_port() for purpose in first.ports}
    env = {**first.env, **{f"{name.upper()}_PORT": str(port) for name, port in ports.items()}}
    return replace(
        first,
        name=f"{first.name}-{number}",
        env=env,
        ports=ports,
        ready=answers_http(ports["ops"]),
    )


def _targets(made: Sequence[Process]) -> Mapping[str, str]:
    """By the variable that carries it."""
    found: dict[str, list[str]] = {}
    for process in made:
        if "grpc" in process.ports:
            role = process.name.partition("-")[0]
            found.setdefault(role, []).append(f"{LOOPBACK}:{process.ports['grpc']}")
    return {f"{role.upper()}_ADDR": "ipv4:" + ",".join(where) for role, where in found.items()}


def _known(process: Process, targets: Mapping[str, str]) -> Mapping[str, str]:
    return {name: target for name, target in targets.items() if name in process.env}
