"""Real Helm, as a person types it: its words, or HelmFailed with what it complained of."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

from tests.k8s.cluster.binaries import binary

CHARTS = Path(__file__).parents[3] / "helm"


class HelmFailed(Exception):
    """It ended with a code that is not 0; the message is what it said."""


class Helm:
    """Helm under one kubeconfig (or none, to render), its own files under `folder`."""

    def __init__(self, folder: Path, kubeconfig: Path | None = None) -> None:
        self._binary = binary("helm")
        self._environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(folder),
            **({"KUBECONFIG": str(kubeconfig)} if kubeconfig else {}),
        }

    async def __call__(self, *arguments: str) -> str:
        """`helm` with these arguments. Raises HelmFailed."""
        process = await asyncio.create_subprocess_exec(
            str(self._binary),
            *arguments,
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, complained = await process.communicate()
        if process.returncode != 0:
            raise HelmFailed(f"helm {' '.join(arguments)}\n{complained.decode()}{said.decode()}")
        return said.decode()

    async def json(self, *arguments: str) -> Any:
        """The same, for commands that know `-o json`."""
        return json.loads(await self(*arguments, "-o", "json"))
