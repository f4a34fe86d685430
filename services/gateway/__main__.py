"""The gateway: the webhook, and the chat's screens. `python -m services.gateway`."""

import asyncio
import gc
from contextlib import AsyncExitStack

import services.gateway.lean_aiogram  # noqa: F401 - before all that imports aiogram

# isort: split
from services.chassis import logs
from services.chassis.cache import Cache
from services.chassis.process import Process, main
from services.gateway import assembly, clients
from services.gateway.accepted_secrets import AcceptedSecrets
from services.gateway.background import Background
from services.gateway.http_server import http_server
from services.gateway.settings import GatewaySettings
from services.gateway.webhook import Webhook

BACKGROUND_SECONDS = 10.0
GARBAGE_THRESHOLDS = (20_000, 20, 20)

log = logs.logger(__name__)


async def gateway(settings: GatewaySettings, process: Process) -> None:
    """Serves updates until the process is told to stop, and ends what it has begun."""
    background, secrets = Background(), AcceptedSecrets(settings)
    process.show("webhook", secrets.told)
    async with AsyncExitStack() as stack:
        cache = await stack.enter_async_context(Cache.open(settings, "gateway"))
        services = await stack.enter_async_context(clients.services(settings))
        stack.push_async_callback(background.drain, BACKGROUND_SECONDS)
        if not await cache.is_up():
            log.warning("the cluster is away, the gateway starts without it")
        updates = assembly.updates(settings, cache, services, background)
        process.health.require_fact("bot known", updates.bot_identity.is_known)
        process.health.require_fact("release good", updates.guard.is_good)
        process.health.report("cache", cache.is_up)
        for watching in (
            updates.bot_identity.keep_learning(),
            updates.held_back.keep_counting(updates.bot_identity.bot_id),
            secrets.follow(),
        ):
            stack.callback(asyncio.create_task(watching).cancel)
        webhook = Webhook(path=settings.webhook_path, secrets=secrets.now, handle=updates.handle)
        port = await stack.enter_async_context(
            http_server(webhook, process.host, settings.http_port)
        )
        log.info("serving the webhook", port=port, path=settings.webhook_path)
        _look_at_garbage_less_often()
        process.started()
        await process.draining()


def _look_at_garbage_less_often() -> None:
    """What is here now (aiogram's models above all) stays: it need not be looked at again. An
    update leaves next to no cycles, so new objects may gather for longer."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)


if __name__ == "__main__":
    main("gateway", GatewaySettings, gateway)
