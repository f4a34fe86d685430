"""What every process does around its own work: settings, logs, traces, ops port, a clean end."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import uvloop
from pydantic import SecretStr

from services.chassis import certificates, identity, logs, telemetry
from services.chassis.health import Health, watch_loop
from services.chassis.ops import ops_server
from services.chassis.setting_groups import OpsSettings
from services.chassis.settings import SettingsError, load

BAD_SETTINGS = 2
LAST_WORDS_SECONDS = 3.0
COLLECTOR = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")

log = logs.logger(__name__)
SomeSettings = TypeVar("SomeSettings", bound=OpsSettings)


class Process:
    """A running process as its parts see it."""

    def __init__(self, name: str, settings: OpsSettings) -> None:
        self.name = name
        self.host = settings.listen_host
        self.health = Health()
        self.stopping = asyncio.Event()
        self.pages: dict[str, Callable[[], Mapping[str, object]]] = {}
        self._drain_seconds = settings.drain_seconds
        self.has_started = False
        self.health.require_fact("started", lambda: self.has_started)
        self.health.require_fact("not stopping", lambda: not self.stopping.is_set())

    def show(self, page: str, tell: Callable[[], Mapping[str, object]]) -> None:
        """Serve what `tell` answers, as JSON, under /`page` of the ops port."""
        self.pages[page] = tell

    def started(self) -> None:
        """From now on the process can do its work: it turns ready."""
        self.has_started = True

    def stop(self) -> None:
        """Ask the process to end: it turns unready, and its parts drain."""
        self.stopping.set()

    async def draining(self) -> None:
        """Return once a stop was asked for and everybody has had the time to look elsewhere."""
        await self.stopping.wait()
        await asyncio.sleep(self._drain_seconds)


def main(
    name: str,
    kind: type[SomeSettings],
    body: Callable[[SomeSettings, Process], Awaitable[None]],
) -> None:
    """Run `body` as the process `name` until it returns; SIGTERM or SIGINT asks it to stop.

    Exits with 2 and every fault on standard error when the settings are wrong, with 1 when `body`
    raises.
    """
    try:
        settings = load(kind, os.environ)
        shown = identity.from_settings(settings)
    except SettingsError as error:
        print(f"{name}: {error}", file=sys.stderr)
        sys.exit(BAD_SETTINGS)
    logs.set_up(name)
    identity.present(shown)
    hide_secrets(settings)
    last_words = [*_traces(name), *reports(name, settings)]
    certificates.tell_expiry(os.environ.get("TLS_CERT_FILE"))
    sys.exit(uvloop.run(_run(name, settings, body, last_words)))


async def _run(
    name: str,
    settings: SomeSettings,
    body: Callable[[SomeSettings, Process], Awaitable[None]],
    last_words: Sequence[Callable[[], None]],
) -> int:
    process = Process(name, settings)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, process.stop)
    watching = [asyncio.create_task(watch_loop())]
    if shown := identity.current():
        watching.append(asyncio.create_task(shown.follow()))
    try:
        async with ops_server(
            process.health, process.host, settings.ops_port, process.pages
        ) as port:
            log.info("started", ops_port=port)
            await body(settings, process)
        log.info("ended")
        return 0
    except Exception:
        log.exception("ended by an error")
        return 1
    finally:
        for one in watching:
            one.cancel()
        await asyncio.gather(*(said(words) for words in last_words))


def _traces(name: str) -> list[Callable[[], None]]:
    """Keep and export them if a collector is named; how to send the last ones."""
    if not any(os.environ.get(variable) for variable in COLLECTOR):
        telemetry.roots.keep(0.0)
        return []
    from services.chassis import exporting  # a process without a collector has no use for it

    return [exporting.set_up(name).shutdown]


def reports(name: str, settings: OpsSettings) -> list[Callable[[], None]]:
    """Tell errors if an error tracker is named; how to send the last ones."""
    if settings.sentry_dsn is None:
        return []
    from services.chassis.sentry import Reports  # costs as much as the exporter

    told = Reports(settings.sentry_dsn.get_secret_value(), name, settings.sentry_environment)
    logs.listen(told.hear)

    def last_words() -> None:
        logs.stop_listening(told.hear)
        told.close(LAST_WORDS_SECONDS)

    return [last_words]


async def said(words: Callable[[], None]) -> None:
    """Let `words` block for a while in a thread of their own; who they are for may be away."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    def say() -> None:
        words()
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(ended.set)

    # Not the executor's thread, for whose end the process would wait.
    threading.Thread(target=say, daemon=True).start()
    with suppress(TimeoutError):
        async with asyncio.timeout(LAST_WORDS_SECONDS):
            await ended.wait()


def hide_secrets(settings: OpsSettings) -> None:
    """Keep every secret among the settings out of the log from now on."""
    for name in type(settings).model_fields:
        value: Any = getattr(settings, name)
        if isinstance(value, SecretStr):
            logs.hide(value.get_secret_value())
