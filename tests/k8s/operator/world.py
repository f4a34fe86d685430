"""One test's world: the chart installed in a namespace of its own, the operator as a process under
its own ServiceAccount, the local Telegram, gateways, sessions, and proxies before the servers."""

from __future__ import annotations

import os
import signal
import ssl
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import grpc
from aiohttp import web
from fotbot.sessions.v1.sessions_service_pb2 import (
    ListOpeningsRequest,
    ListOpeningsResponse,
    Opening,
)
from google.protobuf.timestamp_pb2 import Timestamp

from k8s.bot_operator.cluster import decoded
from k8s.bot_operator.webhook import fingerprint
from services.chassis.server import serving
from services.local.ports import free_port
from services.local.process import LOOPBACK, Process, answers_http
from services.local.supervisor import Supervisor
from services.local.telegram.updates import Webhook
from services.local.ward import Backoff
from tests.k8s.cluster.api import Api, Object
from tests.k8s.cluster.cluster import Cluster
from tests.k8s.cluster.helm import CHARTS, Helm
from tests.k8s.cluster.kubeconfig import Place, read, write
from tests.k8s.conftest import Namespace
from tests.k8s.operator.between import Between
from tests.k8s.operator.making import NEW, OLD, PRESCALING, RAW
from tests.k8s.operator.small_api import coded
from tests.local.telegram.running import TOKEN, Running, running

CHART = str(CHARTS / "fotbot-operator")
ACCOUNT = "fotbot-operator"
SERVICE = "fotbot.sessions.v1.SessionsService"
# Who is killed on purpose is back at once.
AT_ONCE = Backoff(first=0.05, last=0.05)
BOTS = "fotbot.io/v1alpha1/telegrambots"
COMMANDS = [
    {"language": "", "commands": [{"command": "start", "description": "Menu"}]},
    {"language": "ru", "commands": [{"command": "start", "description": "Меню"}]},
]
WHOLE: Object = {
    **RAW,
    "commands": COMMANDS,
    "descriptions": [{"language": "", "description": "Football", "shortDescription": "Ball"}],
    "prescaling": PRESCALING,
    "onDelete": "Delete",
}


class Sessions:
    """Knows what opens, and nothing else."""

    def __init__(self) -> None:
        self.openings: list[Opening] = []
        self.is_silent = False

    async def listed(
        self, request: ListOpeningsRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> ListOpeningsResponse:
        if self.is_silent:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "not now")
        after, before = request.opens_after.ToDatetime(UTC), request.opens_before.ToDatetime(UTC)
        found = [one for one in self.openings if after <= one.opens_at.ToDatetime(UTC) < before]
        # Two pages, so that paging is used.
        is_first = not request.page_token
        page = found[:1] if is_first else found[1:]
        return ListOpeningsResponse(
            openings=page, next_page_token="rest" if is_first and len(found) > 1 else ""
        )

    def opens(self, taps: int, **in_future: float) -> None:
        """A session whose registration opens so much later than now."""
        stamp = Timestamp()
        stamp.FromDatetime(datetime.now(UTC) + timedelta(**in_future))
        self.openings.append(Opening(session_id=1, opens_at=stamp, expected_taps=taps))


@dataclass
class GatewayPod:
    """Says which secrets it accepts, at an address of the loopback network of its own."""

    name: str
    address: str
    secrets: Sequence[str] = (OLD, NEW)

    async def webhook(self, _request: web.Request) -> web.Response:
        return web.json_response({"accepted": [fingerprint(one) for one in self.secrets]})


@dataclass
class World:
    """Everything around the operator, and the operator."""

    cluster: Cluster
    namespace: Namespace
    folder: Path
    api: Between
    telegram: Between
    local: Running
    sessions: Sessions
    sessions_address: str
    supervisor: Supervisor
    gateways: list[GatewayPod] = field(default_factory=list)
    gateway_port: int = 0
    ops_port: int = field(default_factory=free_port)
    live_port: int = field(default_factory=free_port)

    async def start(self, **env: str) -> None:
        """The operator, kept alive from now on as a kubelet does."""
        process = Process(
            name="operator",
            command=(
                *(sys.executable, "-m", "kopf", "run", "--module=k8s.bot_operator"),
                *("--standalone", f"--namespace={self.namespace.name}"),
                f"--liveness=http://{LOOPBACK}:{self.live_port}/livez",
            ),
            env={
                "PATH": os.environ["PATH"],
                "KUBECONFIG": str(await self.kubeconfig()),
                "POD_NAMESPACE": self.namespace.name,
                "TELEGRAM_API_URL": self.telegram.url,
                "SESSIONS_ADDR": self.sessions_address,
                "GATEWAY_OPS_PORT": str(self.gateway_port),
                "OPS_PORT": str(self.ops_port),
                "LISTEN_HOST": LOOPBACK,
                "RECONCILE_SECONDS": "0.5",
                "PROFILE_SECONDS": "1",
                "WATCH_CHECK_SECONDS": "0.5",
                **env,
            },
            ports={"ops": self.ops_port, "live": self.live_port},
            ready=answers_http(self.ops_port),
        )
        await self.supervisor.start(process, timeout=60.0)

    async def kubeconfig(self) -> Path:
        """Of the operator's own account, by way of the proxy."""
        place, who = read(await self.namespace.service_account(ACCOUNT))
        file = self.folder / "operator.kubeconfig"
        return write(file, Place(url=self.api.url, ca=place.ca), who, self.namespace.name)

    async def stop(self) -> None:
        await self.supervisor.stop("operator")

    def kill(self) -> None:
        """As the kernel does it: at once, without a word."""
        if (pid := self.supervisor.pid("operator")) is not None:
            os.kill(pid, signal.SIGKILL)

    @property
    def log(self) -> str:
        return self.supervisor.log("operator").read_text(errors="replace")

    async def metric(self, name: str) -> float | None:
        """Of the operator's :9090/metrics; without labels, or with them as they are written."""
        async with self.local.http.get(f"http://{LOOPBACK}:{self.ops_port}/metrics") as answer:
            lines = (await answer.text()).splitlines()
        found = [line.rpartition(" ")[2] for line in lines if line.rpartition(" ")[0] == name]
        return float(found[0]) if found else None

    async def is_alive(self) -> bool:
        """What a kubelet would be told."""
        async with self.local.http.get(f"http://{LOOPBACK}:{self.live_port}/livez") as answer:
            return answer.status == 200

    async def is_refused(self) -> bool:
        """Liveness says no; a process that is just starting says nothing."""
        try:
            return not await self.is_alive()
        except aiohttp.ClientError:
            return False

    def path(self, name: str = "fotbot") -> str:
        return self.namespace.within(BOTS, name)

    async def make(self, spec: Object = WHOLE, name: str = "fotbot") -> Object:
        """A TelegramBot as a person applies it."""
        made = {"apiVersion": "fotbot.io/v1alpha1", "kind": "TelegramBot"}
        metadata = {"name": name}
        return await self.admin.apply(
            {**made, "metadata": metadata, "spec": spec}, self.namespace.name, manager="person"
        )

    @property
    def admin(self) -> Api:
        return self.cluster.api

    async def bot(self) -> Object:
        return await self.admin.get(self.path())

    async def until(self, kind: str, status: str, reason: str = "", seconds: float = 30) -> Object:
        """The bot, once the condition is so."""
        return await self.admin.until(
            self.path(),
            lambda bot: (
                bot
                and condition(bot, kind)[: 2 if reason else 1]
                == ((status, reason) if reason else (status,))
            ),
            seconds,
        )

    async def floor_is(self, replicas: int | None, seconds: float = 20) -> None:
        path = self.namespace.within("autoscaling/v2/horizontalpodautoscalers", "fotbot-gateway")
        await self.admin.until(
            path, lambda hpa: hpa["spec"].get("minReplicas") == replicas, seconds
        )

    def webhook(self) -> Webhook | None:
        """What Telegram has."""
        return self.local.telegram.updates.webhook()

    async def secrets(self, **values: str) -> None:
        """The Secret with these values, and no others."""
        made = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "fotbot"}}
        await self.admin.apply({**made, **coded(**values)}, self.namespace.name)

    async def secret_values(self) -> dict[str, str]:
        """What the Secret holds. Raises Refused while there is none."""
        found = await self.admin.get(self.namespace.within("v1/secrets", "fotbot"))
        return {key: decoded(coded) for key, coded in found["data"].items()}

    async def add_gateway(self, number: int, *secrets: str) -> GatewayPod:
        """A ready pod, which no scheduler places and no kubelet runs."""
        gateway = GatewayPod(name=f"gateway-{number}", address=f"127.0.0.{10 + number}")
        gateway.secrets = secrets or gateway.secrets
        self.gateways.append(gateway)
        await self.admin.create(pod(gateway.name), self.namespace.name)
        ready = {"type": "Ready", "status": "True"}
        status = {
            "phase": "Running",
            "podIP": gateway.address,
            "podIPs": [{"ip": gateway.address}],
            "conditions": [ready],
        }
        path = self.namespace.within("v1/pods", gateway.name)
        await self.admin.merge(f"{path}/status", {"status": status})
        return gateway

    async def serve_gateway(self, gateway: GatewayPod, stack: AsyncExitStack) -> None:
        app = web.Application()
        app.router.add_get("/webhook", gateway.webhook)
        runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, gateway.address, self.gateway_port).start()


def condition(bot: Object, kind: str) -> tuple[str, str]:
    """Status and reason; empty when there is none."""
    found = bot.get("status", {}).get("conditions", [])
    return next(((one["status"], one["reason"]) for one in found if one["type"] == kind), ("", ""))


def pod(name: str) -> Object:
    """A gateway's, by its labels."""
    labels = {
        "app.kubernetes.io/name": "fotbot",
        "app.kubernetes.io/component": "gateway",
    }
    safe = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": labels},
        "spec": {
            "schedulerName": "nobody",
            "securityContext": {
                "runAsNonRoot": True,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [{"name": "gateway", "image": "fotbot:test", "securityContext": safe}],
        },
    }


AUTOSCALER: Object = {
    "apiVersion": "autoscaling/v2",
    "kind": "HorizontalPodAutoscaler",
    "metadata": {"name": "fotbot-gateway"},
    "spec": {
        "maxReplicas": 10,
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "fotbot-gateway"},
    },
}


@asynccontextmanager
async def installed(
    cluster: Cluster, namespace: Namespace, helm: Helm, folder: Path, *more: str
) -> AsyncIterator[World]:
    """All but the operator's process and the TelegramBot."""
    options = ("--set", "crds.install=false", *more)
    await helm("install", "fotbot-operator", CHART, "-n", namespace.name, *options)
    async with around(cluster, namespace, folder) as world:
        await world.secrets(bot_token=TOKEN, webhook_secret=NEW, webhook_secret_previous=OLD)
        yield world


@asynccontextmanager
async def around(cluster: Cluster, namespace: Namespace, folder: Path) -> AsyncIterator[World]:
    """What the operator has to do with, and neither its chart nor the Secret."""
    await cluster.api.apply(AUTOSCALER, namespace.name, manager="helm")
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        local, sessions = await enter(running()), Sessions()
        place = cluster.place
        world = World(
            cluster=cluster,
            namespace=namespace,
            folder=folder,
            api=await enter(Between(place.url, trust=trusting(place)).serving()),
            telegram=await enter(Between(local.url).serving()),
            local=local,
            sessions=sessions,
            sessions_address=await enter(serving(register(sessions), [SERVICE])),
            supervisor=await enter(Supervisor(folder / "logs", backoff=AT_ONCE)),
            gateway_port=free_port(),
        )
        for number in (1, 2):
            await world.serve_gateway(await world.add_gateway(number), stack)
        yield world
        # A resource that waits for its end would outlive the operator that ends it.
        await world.stop()
        if await cluster.api.find(namespace.within(BOTS)) is None:
            return
        for bot in await cluster.api.items(namespace.within(BOTS)):
            path = world.path(bot["metadata"]["name"])
            await cluster.api.merge(path, {"metadata": {"finalizers": None}})


def register(sessions: Sessions) -> Callable[[grpc.aio.Server], None]:
    """The one method there is."""
    method = grpc.unary_unary_rpc_method_handler(
        sessions.listed,
        request_deserializer=ListOpeningsRequest.FromString,
        response_serializer=ListOpeningsResponse.SerializeToString,
    )
    handler = grpc.method_handlers_generic_handler(SERVICE, {"ListOpenings": method})
    return lambda server: server.add_generic_rpc_handlers((handler,))


def trusting(place: Place) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(place.ca))
