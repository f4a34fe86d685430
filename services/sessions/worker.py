"""`python -m services.sessions.worker`: hands the notices to the sender, forgets old requests."""

import asyncio
from typing import TYPE_CHECKING

import structlog
from fotbot.sender.v1.notice_pb2 import Notice
from fotbot.sender.v1.sender_service_pb2 import SendNoticesRequest
from fotbot.sender.v1.sender_service_pb2_grpc import SenderServiceStub

from services.chassis import telemetry
from services.chassis.client import connect
from services.chassis.db import Database
from services.chassis.deadline import budget
from services.chassis.errors import Unavailable
from services.chassis.jobs import Handler, Job, Worker
from services.chassis.migrations import schema_is_current
from services.chassis.once import Once
from services.chassis.process import Process, main
from services.sessions.migrate import STORAGE
from services.sessions.settings import WorkerSettings
from services.sessions.storage.outbox import NOTICE

if TYPE_CHECKING:
    # Known to the type checker only: at run time a stub has no class for its async form.
    from fotbot.sender.v1.sender_service_pb2_grpc import SenderServiceAsyncStub

SEND_SECONDS = 5.0
SWEEP_SECONDS = 3600.0

log = structlog.get_logger(__name__)


async def worker(settings: WorkerSettings, process: Process) -> None:
    """Work until told to stop; jobs under way are finished first."""
    async with (
        Database.open(settings, "sessions") as database,
        connect("sender", settings.sender_addr) as sender,
    ):
        handlers = {NOTICE: notice_handler(SenderServiceStub(sender))}
        jobs = Worker(settings, "sessions", handlers)
        process.health.require("schema", schema_is_current(database, STORAGE))
        process.health.report("postgres", jobs.is_connected)
        process.started()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(jobs.run(process.stopping))
            tasks.create_task(sweep(Once(database), process.stopping))


def notice_handler(sender: "SenderServiceAsyncStub") -> Handler:
    """The handler that gives a job's notice to the sender, who tells repeats by its id."""

    async def send(job: Job) -> None:
        links = telemetry.link(job.traceparent)
        with telemetry.tracer().start_as_current_span("notice", links=links), budget(SEND_SECONDS):
            notice = Notice.FromString(job.payload)
            await sender.SendNotices(SendNoticesRequest(notices=[notice]))

    return send


async def sweep(once: Once, stopping: asyncio.Event) -> None:
    """Forget the outcomes of old requests each hour, until `stopping`."""
    while not stopping.is_set():
        try:
            log.info("old requests forgotten", rows=await once.sweep())
        except Unavailable as error:
            log.warning("old requests are kept for now", reason=error.reason)
        try:
            async with asyncio.timeout(SWEEP_SECONDS):
                await stopping.wait()
        except TimeoutError:
            continue


if __name__ == "__main__":
    main("sessions-worker", WorkerSettings, worker)
