"""The README's commands for Kubernetes, run as they are written, one after the other."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path

import pytest

from tests.eventually import eventually
from tests.k8s.cluster.binaries import binary
from tests.k8s.cluster.cluster import Cluster
from tests.k8s.cluster.inventory import inventory

pytestmark = [pytest.mark.k8s, pytest.mark.cluster_long]

README = Path(__file__).parents[2] / "README.md"
SECTION = re.compile(r"^## [^\n]*Kubernetes[^\n]*\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks() -> list[str]:
    """The shell's blocks of that section, in their order."""
    return [
        block
        for section in SECTION.findall(README.read_text("utf-8"))
        for block in BLOCK.findall(section)
        if re.search(r"^(helm|kubectl) ", block, re.MULTILINE)
    ]


async def test_the_readmes_commands_install_upgrade_and_remove_the_system(
    cluster: Cluster, tmp_path: Path
) -> None:
    before = await inventory(cluster.api, "fotbot")
    commands = blocks()
    assert commands != []
    for block in commands:
        await shell(block, cluster, tmp_path)

    async def gone() -> bool:
        left = await inventory(cluster.api, "fotbot") - before
        return {
            one for one in left if not one.startswith(("secrets/", *OF_EVERY_NAMESPACE))
        } == set()

    await eventually(gone, 30.0, every=0.5)


OF_EVERY_NAMESPACE = ("configmaps/kube-root-ca.crt", "serviceaccounts/default")


async def shell(block: str, cluster: Cluster, home: Path) -> None:
    """One block, as pasted into a shell that stops at the first command that fails."""
    process = await asyncio.create_subprocess_exec(
        *("bash", "-euo", "pipefail", "-c", block),
        cwd=README.parent,
        env={
            "PATH": f"{binary('helm').parent}:{binary('kubectl').parent}:{os.environ['PATH']}",
            "HOME": str(home),
            "KUBECONFIG": str(cluster.kubeconfig),
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, f"{block}\n{said.decode()}"
