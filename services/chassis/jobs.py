"""Background work: enqueued in the transaction that makes it true, done at least once.

PgQueuer in the service's own schema, behind a small port: nothing else imports it. Handlers must
be safe to repeat. A handler that fails is tried five times with back-off, then its job is parked
(kept as failed, counted, to be re-driven); one whose other side is merely away is tried until it
comes back.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from opentelemetry.trace import SpanKind
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Job as StoredJob
from pgqueuer.queries import Queries
from sqlalchemy import Connection

from services.chassis import telemetry
from services.chassis.db_connections import Server
from services.chassis.db_transactions import Writing
from services.chassis.dsn import as_named_now, primary_url
from services.chassis.errors import Kind, RemoteRefusal, Unanswered, Unavailable
from services.chassis.job_figures import tell
from services.chassis.metrics import JOB_SECONDS, JOBS_PARKED, observe
from services.chassis.schedules import Schedule, keep_time
from services.chassis.setting_groups import StoreSettings

TRIES = 5
BACK_OFF = (1.0, 5.0, 30.0, 120.0)
AWAY_SECONDS = 2.0
# A job whose worker died is taken over when its heartbeat is this old.
HEARTBEAT = timedelta(seconds=10)
# Work is told of by NOTIFY; this is for a notice that was lost.
POLL = timedelta(seconds=2)
# Taken at a time, and most under way in one worker.
BATCH, MOST_UNDER_WAY = 50, 200
RECONNECT_SECONDS = 1.0
COMMAND_SECONDS = 10.0
CLOSE_SECONDS = 5.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of work, as its handler gets it."""

    id: int
    kind: str
    payload: bytes
    attempt: int
    """1 at the first try."""
    traceparent: str
    """W3C traceparent of what enqueued it, if its trace is kept; link to it, do not continue it."""


Handler = Callable[[Job], Awaitable[None]]


class Jobs:
    """The enqueuing side."""

    async def enqueue(
        self,
        transaction: Writing,
        kind: str,
        payloads: list[bytes],
        *,
        delay: timedelta = timedelta(0),
    ) -> None:
        """Add jobs that exist if and only if `transaction` commits; due after `delay`."""
        if not payloads:
            return
        connection = await transaction.driver_connection()
        headers: dict[str, str] = {"traceparent": telemetry.kept_traceparent()}
        many = len(payloads)
        await Queries.from_asyncpg_connection(connection).enqueue(
            [kind] * many,
            list(payloads),
            [0] * many,
            execute_after=[delay] * many,
            headers=[headers] * many,
        )


class Worker:
    """The working side: one connection, until told to stop, through outages."""

    def __init__(
        self,
        settings: StoreSettings,
        schema: str,
        handlers: Mapping[str, Handler],
        schedules: Sequence[Schedule] = (),
    ) -> None:
        url = primary_url(settings.database_url.get_secret_value())
        now = as_named_now(settings, "database_url")
        self._server = Server(url, schema, f"fotbot-{schema}-worker", now)
        self._handlers = handlers
        self._schedules = schedules
        self._connected = False

    async def is_connected(self) -> bool:
        """Whether the worker has its database just now."""
        return self._connected

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until `stopping`; jobs under way are finished first."""
        while not stopping.is_set():
            try:
                await self._work(stopping)
            except Exception as error:
                log.warning("the worker lost its database", error=f"{type(error).__name__}")
                await _wait(stopping, RECONNECT_SECONDS)
            finally:
                self._connected = False

    async def _work(self, stopping: asyncio.Event) -> None:
        connection = await self._server.connect(command_timeout=COMMAND_SECONDS)
        try:
            driver = AsyncpgDriver(connection)
            manager = QueueManager(Queries(driver))
            for kind, handler in self._handlers.items():
                manager.entrypoint(kind, on_failure="hold", accepts_context=False)(
                    _guarded(handler)
                )
            self._connected = True
            beside: list[Awaitable[None]] = [tell(driver, self._handlers)]
            if self._schedules:
                beside.append(keep_time(driver, self._schedules))
            await self._until(stopping, manager, beside)
        finally:
            await connection.close(timeout=CLOSE_SECONDS)

    @staticmethod
    async def _until(
        stopping: asyncio.Event, manager: QueueManager, beside: Sequence[Awaitable[None]]
    ) -> None:
        """Work until told to stop, or until what runs beside it fails, and then raise that."""
        tasks = [asyncio.ensure_future(one) for one in (_set(stopping), *beside)]
        for task in tasks:
            task.add_done_callback(lambda _: manager.shutdown.set())
        try:
            await manager.run(
                dequeue_timeout=POLL,
                batch_size=BATCH,
                max_concurrent_tasks=MOST_UNDER_WAY,
                heartbeat_timeout=HEARTBEAT,
                shutdown_on_listener_failure=True,
            )
        finally:
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
        for end in ends:
            if isinstance(end, Exception):
                raise end


def install(connection: Connection) -> None:
    """Create the queue's tables in the current schema; for a service's first migration."""
    ddl = QueryBuilderEnvironment().build_install_query(create_schema=False)
    adapted: Any = connection.connection.dbapi_connection
    adapted.run_async(lambda driver: driver.execute(ddl))


def _guarded(handler: Handler) -> Callable[[StoredJob], Awaitable[None]]:
    """The handler under our rules of failure."""

    async def run(stored: StoredJob) -> None:
        job = _job(stored)
        cause = telemetry.link(job.traceparent)
        told = {"fotbot.job.id": job.id, "fotbot.job.attempt": job.attempt}
        with telemetry.span(job.kind, kind=SpanKind.CONSUMER, attributes=told, links=cause):
            await _tried(handler, job)

    return run


async def _tried(handler: Handler, job: Job) -> None:
    began = time.perf_counter()
    result = "failed"
    try:
        await handler(job)
        result = "done"
    except Exception as error:
        _fail(job, error)
    finally:
        observe(JOB_SECONDS, time.perf_counter() - began, job.kind, result)


def _fail(job: Job, error: Exception) -> None:
    """Ask for another try, or let the job be parked by raising what it raised."""
    if _is_away(error):
        raise RetryRequested(timedelta(seconds=AWAY_SECONDS), str(error)) from error
    if job.attempt < TRIES:
        delay = BACK_OFF[min(job.attempt, len(BACK_OFF)) - 1]
        raise RetryRequested(timedelta(seconds=delay), str(error)) from error
    JOBS_PARKED.labels(job.kind).inc()
    raise error


def _is_away(error: Exception) -> bool:
    if isinstance(error, RemoteRefusal):
        return error.kind in {Kind.UNAVAILABLE, Kind.EXHAUSTED}
    return isinstance(error, Unanswered | Unavailable)


def _job(stored: StoredJob) -> Job:
    return Job(
        id=int(stored.id),
        kind=str(stored.entrypoint),
        payload=stored.payload or b"",
        attempt=stored.attempts + 1,
        traceparent=str((stored.headers or {}).get("traceparent", "")),
    )


async def _set(event: asyncio.Event) -> None:
    await event.wait()


async def _wait(stopping: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        return
