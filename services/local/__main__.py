"""The whole system on this machine: `python -m services.local` (or `make run`). Ctrl-C ends it."""

import asyncio
import os
import signal
import sys
from contextlib import suppress

from dotenv import dotenv_values

from services.chassis.settings import SettingsError, load
from services.local.data_folder import AlreadyRunning, NotOurs, only_one, prepare
from services.local.places import Places, free_places
from services.local.pools import TooManyConnections
from services.local.ports import PortTaken
from services.local.preflight import ServedElsewhere, refuse_a_bot_with_a_webhook
from services.local.settings import LocalSettings
from services.local.stores.binaries import StoreFailed
from services.local.supervisor import NotReady, Supervisor
from services.local.system import System

REFUSALS = (
    SettingsError,
    AlreadyRunning,
    TooManyConnections,
    PortTaken,
    ServedElsewhere,
    StoreFailed,
    NotReady,
    NotOurs,
)
"""What ends it with a sentence instead of a traceback."""


def say(words: str) -> None:
    # A terminal that was closed must not hinder the rest from being ended in good order.
    with suppress(OSError):
        print(words, flush=True)


async def serve(settings: LocalSettings, environ: dict[str, str]) -> None:
    """Until cancelled; everything that was started is ended on the way out."""
    data = settings.data.absolute()
    token = settings.token
    if token is not None:
        await refuse_a_bot_with_a_webhook(settings.telegram_api_url, token, say)
    async with Supervisor(data / "logs", tell=say) as supervisor:
        places = free_places() if settings.local_ports == "free" else Places()
        system = System(data, environ, supervisor, say=say, places=places, bot_token=token)
        await system.start()
        say(f"\n{supervisor.table()}\n\n{system.where_to_go()}\nCtrl-C ends all of it.")
        await asyncio.Event().wait()


async def until_told_to_stop(settings: LocalSettings, environ: dict[str, str]) -> None:
    serving = asyncio.create_task(serve(settings, environ))
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Only the first one counts: what ends already must not be hurried into leaving things.
        asyncio.get_running_loop().add_signal_handler(
            stop, lambda: serving.cancelling() or serving.cancel()
        )
    await asyncio.wait([serving])
    if not serving.cancelled():
        serving.result()


def main() -> None:
    given = {name: value for name, value in dotenv_values(".env").items() if value is not None}
    environ = {**given, **os.environ}
    try:
        settings = load(LocalSettings, environ)
        prepare(settings.data)
        with only_one(settings.data):
            asyncio.run(until_told_to_stop(settings, environ))
    except REFUSALS as refusal:
        sys.exit(f"fotbot: {refusal}")


if __name__ == "__main__":
    main()
