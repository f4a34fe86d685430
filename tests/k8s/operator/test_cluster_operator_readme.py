"""The commands in the chart's README, run as they are written, with an operator behind them."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from services.local.telegram.updates import Webhook
from tests.k8s.cluster.api import Refused
from tests.k8s.cluster.binaries import absent, binary
from tests.k8s.cluster.cluster import Cluster
from tests.k8s.cluster.helm import CHARTS
from tests.k8s.conftest import Namespace
from tests.k8s.operator.definition import DEFINITION
from tests.k8s.operator.making import URL
from tests.k8s.operator.world import ACCOUNT, World, around
from tests.local.telegram.running import TOKEN

pytestmark = [pytest.mark.k8s, pytest.mark.cluster_long]

README = CHARTS / "fotbot-operator" / "README.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


async def test_install_rotate_prescale_and_remove_as_written(
    cluster: Cluster, tmp_path: Path
) -> None:
    install, rotate, end_prescaling, remove = BLOCK.findall(README.read_text())
    (tmp_path / "bot-token").write_text(TOKEN)
    namespace = Namespace(name="fotbot", cluster=cluster)
    made = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "fotbot"}}
    await cluster.api.apply(made)
    async with around(cluster, namespace, tmp_path) as world, a_kubelet(world):
        await asyncio.gather(shell(install, world), started(world))
        before = world.webhook()
        assert before is not None and before.url == URL
        await world.floor_is(2)
        await shell(rotate, world)
        after = world.webhook()
        assert after is not None and after.secret not in (before.secret, "")
        await shell(end_prescaling, world)
        await world.floor_is(1)
        await shell(remove, world)
        assert await cluster.api.find(DEFINITION) is None
        # onDelete is Retain in the example.
        assert world.webhook() == Webhook(url=URL, secret=after.secret, max_connections=40)
    await cluster.api.delete(namespace.path)


async def started(world: World) -> None:
    """The operator's pod starts once its chart is there."""
    account = world.namespace.within("v1/serviceaccounts", ACCOUNT)
    await world.admin.until(account, bool, 60)
    await world.admin.until(DEFINITION, bool, 60)
    await world.start()


@asynccontextmanager
async def a_kubelet(world: World) -> AsyncIterator[None]:
    """Brings the Secret's values to the gateways, a moment after they change."""

    async def bring() -> None:
        while True:
            with suppress(Refused):
                found = await world.secret_values()
                accepted = (found.get("webhook-secret"), found.get("webhook-secret-previous"))
                for gateway in world.gateways:
                    gateway.secrets = [secret for secret in accepted if secret]
            await asyncio.sleep(0.3)

    task = asyncio.create_task(bring())
    try:
        yield
    finally:
        task.cancel()


async def shell(block: str, world: World) -> None:
    """As pasted into a shell that stops at the first command that fails."""
    kubectl = shutil.which("kubectl") if absent("kubectl") else str(binary("kubectl"))
    if kubectl is None:
        pytest.skip(str(absent("kubectl")))
    folders = (binary("helm").parent, Path(kubectl).parent)
    process = await asyncio.create_subprocess_exec(
        *(
            "bash",
            "-euo",
            "pipefail",
            "-c",
            block.replace("./bot-token", f"{world.folder}/bot-token"),
        ),
        cwd=CHARTS.parent,
        env={
            "PATH": ":".join((*map(str, folders), os.environ["PATH"])),
            "HOME": str(world.folder),
            "KUBECONFIG": str(world.cluster.kubeconfig),
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, f"{block}\n{said.decode()}"
