"""The operator's loop in the test's own process: the local Telegram for real, a small API server,
gateways that say what they accept."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from k8s.bot_operator.acting import Hands
from k8s.bot_operator.cluster import Cluster
from k8s.bot_operator.gateways import Gateways
from k8s.bot_operator.looking import Eyes
from k8s.bot_operator.observed import Opening, Problem
from k8s.bot_operator.reconciler import Reconciler
from k8s.bot_operator.telegram import Telegram
from k8s.bot_operator.telling import Bot, Teller
from k8s.bot_operator.webhook import fingerprint
from tests.k8s.operator.making import NEW, NOW, OLD
from tests.k8s.operator.small_api import BOT, NAMESPACE, SmallApi, add_gateway
from tests.local.telegram.running import Running, running


@dataclass
class KnownOpenings:
    """What opens, as the test says."""

    known: Sequence[Opening] | Problem = ()

    async def between(self, after: datetime, before: datetime) -> Sequence[Opening] | Problem:
        if isinstance(self.known, Problem):
            return self.known
        return [one for one in self.known if after <= one.opens_at < before]


@dataclass
class GatewayDouble:
    """Says at /webhook which secrets it accepts."""

    secrets: Sequence[str] = (OLD, NEW)
    port: int = 0

    async def webhook(self, _request: web.Request) -> web.Response:
        return web.json_response({"accepted": [fingerprint(one) for one in self.secrets]})


class Told(Telegram):
    """Keeps what was set, and lets the test step in around each call."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.sets: list[str] = []
        self.before: Callable[[str], None] = lambda method: None
        self.after: Callable[[str], None] = lambda method: None

    async def call(self, token: str, method: str, **parameters: Any) -> Any:
        self.before(method)
        result = await super().call(token, method, **parameters)
        if not method.startswith("get"):
            self.sets.append(method)
        self.after(method)
        return result


@dataclass
class Stage:
    """A world, and operators that come and go in it."""

    api: SmallApi
    local: Running
    telegram: Told
    gateways: Gateways
    gateway: GatewayDouble
    openings: KnownOpenings = field(default_factory=KnownOpenings)
    now: datetime = NOW
    warned: list[tuple[str, str]] = field(default_factory=list)

    def operator(self) -> Reconciler:
        """A new process."""
        cluster = Cluster(self.api, NAMESPACE)
        eyes = Eyes(
            cluster=cluster,
            telegram=self.telegram,
            gateways=self.gateways,
            gateway_pods="component=gateway",
            openings=self.openings,
            clock=self.clock,
        )
        return Reconciler(
            cluster=cluster,
            eyes=eyes,
            hands=Hands(cluster=cluster, telegram=self.telegram),
            teller=Teller(cluster=cluster, warn=self.warn, clock=self.clock),
            clock=self.clock,
            every=30.0,
            profile_every=600.0,
        )

    def clock(self) -> datetime:
        return self.now

    def warn(self, _bot: Bot, reason: str, message: str) -> None:
        self.warned.append((reason, message))

    def pass_time(self, **length: float) -> None:
        self.now += timedelta(**length)

    def condition(self, kind: str) -> tuple[str, str]:
        """Status and reason; empty when there is none."""
        found = self.api.objects[BOT].get("status", {}).get("conditions", [])
        return next(
            ((one["status"], one["reason"]) for one in found if one["type"] == kind), ("", "")
        )


@asynccontextmanager
async def staged(api: SmallApi) -> AsyncIterator[Stage]:
    """Everything is up; no operator has looked yet."""
    gateway = GatewayDouble()
    runner = await _serve_gateway(gateway)
    add_gateway(api, "gateway-1")
    try:
        async with (
            running() as local,
            Told.open(local.url) as telegram,
            Gateways.open(gateway.port) as gateways,
        ):
            yield Stage(api=api, local=local, telegram=telegram, gateways=gateways, gateway=gateway)
    finally:
        await runner.cleanup()


async def _serve_gateway(gateway: GatewayDouble) -> web.AppRunner:
    app = web.Application()
    app.router.add_get("/webhook", gateway.webhook)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    gateway.port = runner.addresses[0][1]
    return runner
