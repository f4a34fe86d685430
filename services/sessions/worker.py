"""`python -m services.sessions.worker`: hands notices and broadcasts to the sender, reminds people,
forgets old requests and jobs, tells how the league stands."""

from datetime import timedelta

from fotbot.sender.v1.sender_service_pb2_grpc import SenderServiceStub
from fotbot.users.v1.users_service_pb2_grpc import UsersServiceStub

from services.chassis.client import connect
from services.chassis.db import Database
from services.chassis.job_records import FORGET_JOBS, forgetting_jobs
from services.chassis.jobs import Worker
from services.chassis.migrations import schema_is_current
from services.chassis.notice_jobs import notice_handler
from services.chassis.once import Once
from services.chassis.process import Process, main
from services.chassis.sweeping import FORGET, forgetting
from services.sessions.audience import Everybody
from services.sessions.counting import counting
from services.sessions.handing_over import HandingOver
from services.sessions.migrate import STORAGE
from services.sessions.reminding import REMIND, reminding
from services.sessions.settings import WorkerSettings
from services.sessions.storage.outbox import NOTICE


async def worker(settings: WorkerSettings, process: Process) -> None:
    """Work until told to stop; jobs under way are finished first."""
    async with (
        Database.open(settings, "sessions") as database,
        connect("sender", settings.sender_addr) as sender,
        connect("users", settings.users_addr) as users,
    ):
        stub, everybody = SenderServiceStub(sender), Everybody(UsersServiceStub(users))
        broadcasts = HandingOver(database, stub, everybody.page, settings.timezone)
        handlers = {
            NOTICE: notice_handler(stub),
            **broadcasts.handlers,
            REMIND.kind: reminding(database, timedelta(hours=settings.remind_hours)),
            FORGET.kind: forgetting(Once(database)),
            FORGET_JOBS.kind: forgetting_jobs(database),
        }
        jobs = Worker(settings, "sessions", handlers, [REMIND, FORGET, FORGET_JOBS])
        process.health.require("schema", schema_is_current(database, STORAGE))
        process.health.report("postgres", jobs.is_connected)
        process.started()
        async with counting(database):
            await jobs.run(process.stopping)


if __name__ == "__main__":
    main("sessions-worker", WorkerSettings, worker)
