"""A docker to run compose.yaml with: the machine's own, or Debian's dockerd started for a test."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from services.local.process import Process
from services.local.supervisor import Supervisor

DATA = Path(os.environ.get("FOTBOT_DOCKER", "/var/lib/fotbot-docker"))
"""Where a dockerd that tests start keeps images: built once, found again."""


def compose_command() -> tuple[str, ...]:
    """`docker compose`, or the older program of that name."""
    if shutil.which("docker-compose"):
        return ("docker-compose",)
    return ("docker", "compose")


@asynccontextmanager
async def docker(logs: Path) -> AsyncIterator[dict[str, str]]:
    """The environment in which `docker` answers. Skips where there is none and none can be."""
    if not shutil.which("docker"):
        pytest.skip("no docker here (Debian: apt-get install docker.io docker-compose)")
    if _answers(dict(os.environ)):
        yield dict(os.environ)
        return
    if os.geteuid() or not shutil.which("dockerd"):
        pytest.skip("docker does not answer, and only root could start dockerd")
    async with _dockerd(logs) as environ:
        yield environ


@asynccontextmanager
async def _dockerd(logs: Path) -> AsyncIterator[dict[str, str]]:
    os.makedirs(DATA, exist_ok=True)
    host = f"unix://{DATA}/docker.sock"
    environ = {**os.environ, "DOCKER_HOST": host}

    async def ready() -> bool:
        return await asyncio.to_thread(_answers, environ)

    process = Process(
        name="dockerd",
        command=(
            "dockerd",
            *("-H", host, "--data-root", f"{DATA}/data", "--exec-root", f"{DATA}/exec"),
            *("--pidfile", f"{DATA}/pid"),
        ),
        env=dict(os.environ),
        ready=ready,
    )
    async with Supervisor(logs) as supervisor:
        await supervisor.start(process, timeout=60)
        yield environ


def _answers(environ: dict[str, str]) -> bool:
    return subprocess.run(["docker", "info"], env=environ, capture_output=True).returncode == 0
