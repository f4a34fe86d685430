"""Who presses or types what is not his is turned down by the service that owns it, which writes him
down: the gateway's own knowledge of roles decides what is shown, not what is tried."""

from collections.abc import Awaitable
from contextlib import suppress

from services.chassis.errors import RemoteRefusal, Unanswered


async def tried(call: Awaitable[object]) -> None:
    """Let the service say no; that it cannot say so just now makes no difference to him."""
    with suppress(RemoteRefusal, Unanswered):
        await call
