"""`python -m tests.k8s.cluster.stand_in FOLDER`: what a control plane needs beside it and this
machine has not got: nodes (nodes.py) and metrics (metrics_api.py). Told to the cluster whose
kubeconfig, serving certificate and port are in that folder."""

from __future__ import annotations

import asyncio
import ssl
import sys
from pathlib import Path

from aiohttp import web

from services.local.process import LOOPBACK
from tests.k8s.cluster.api import Api
from tests.k8s.cluster.figures import Figures
from tests.k8s.cluster.metrics_api import MetricsApi, register
from tests.k8s.cluster.nodes import Nodes


async def main(folder: Path) -> None:
    """Runs until it is ended."""
    port = int((folder / "metrics.port").read_text())
    async with Api.of(folder / "kubeconfig") as api:
        nodes = Nodes(api)
        metrics = MetricsApi(Figures(folder), lambda: list(nodes.pods.values()))
        runner = web.AppRunner(metrics.application(), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, LOOPBACK, port, ssl_context=_serving(folder)).start()
        await register(api, port)
        await nodes.run()


def _serving(folder: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "pki" / "serving.crt", folder / "pki" / "serving.key")
    return context


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
