"""One Starlette application: Bot API, chat page, health, and the delivery that runs beside."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.local.telegram.delivery import Delivery
from services.local.telegram.guard import Guard
from services.local.telegram.page import Page
from services.local.telegram.polling import Polling
from services.local.telegram.server import BotApi
from services.local.telegram.telegram import Telegram


def application(telegram: Telegram, delivery: Delivery) -> Starlette:
    @asynccontextmanager
    async def delivering(app: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(delivery.run())
        app.state.delivery = task
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def livez(request: Request) -> Response:
        if request.app.state.delivery.done():
            return JSONResponse({"status": "delivery has ended"}, 503)
        return JSONResponse({"status": "alive"})

    async def readyz(request: Request) -> Response:
        return JSONResponse({"status": "ready", "pending_updates": telegram.updates.pending()})

    health = [Route("/livez", livez), Route("/readyz", readyz)]
    routes = [*BotApi(telegram, Polling(telegram)).routes(), *health, *Page(telegram).routes()]
    return Starlette(routes=routes, lifespan=delivering, middleware=[Middleware(Guard)])
