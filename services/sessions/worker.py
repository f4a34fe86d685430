"""`python -m services.sessions.worker`: hands notices and broadcasts to the sender, reminds people,
erases who was deleted, forgets what is old, tells how the league stands."""

from datetime import timedelta

from fotbot.sender.v1.sender_service_pb2_grpc import SenderServiceStub
from fotbot.teams.v1.teams_service_pb2_grpc import TeamsServiceStub
from fotbot.users.v1.users_service_pb2_grpc import UsersServiceStub

from services.chassis.cache import Cache
from services.chassis.client import connect
from services.chassis.db import Database
from services.chassis.erasures import ERASE, Erasures, erasing
from services.chassis.job_records import FORGET_JOBS, forgetting_jobs
from services.chassis.jobs import Handler, Jobs, Worker
from services.chassis.migrations import schema_is_current
from services.chassis.notice_jobs import notice_handler
from services.chassis.once import Once
from services.chassis.process import Process, main
from services.chassis.retention import RETAIN
from services.chassis.sweeping import FORGET, forgetting
from services.sessions.audience import Everybody
from services.sessions.counting import counting
from services.sessions.handing_over import HandingOver
from services.sessions.migrate import STORAGE
from services.sessions.reminding import REMIND, reminding
from services.sessions.settings import WorkerSettings
from services.sessions.storage.erasing import Erasing
from services.sessions.storage.outbox import NOTICE
from services.sessions.storage.retention import retaining_all
from services.sessions.teams import Teams


async def worker(settings: WorkerSettings, process: Process) -> None:
    """Work until told to stop; jobs under way are finished first."""
    async with (
        Database.open(settings, "sessions") as database,
        connect("sender", settings.sender_addr) as sender,
        connect("users", settings.users_addr) as users,
        connect("teams", settings.teams_addr) as teams,
        Cache.open(settings, "sessions") as cache,
    ):
        stub, people = SenderServiceStub(sender), UsersServiceStub(users)
        broadcasts = HandingOver(database, stub, Everybody(people).page, settings.timezone)
        erase = Erasing(
            database=database,
            cache=cache,
            jobs=Jobs(),
            captain_of=Teams(TeamsServiceStub(teams)).captain_of,
            refund_before=timedelta(hours=settings.refund_hours),
        )
        handlers: dict[str, Handler] = {
            NOTICE: notice_handler(stub),
            **broadcasts.handlers,
            REMIND.kind: reminding(database, timedelta(hours=settings.remind_hours)),
            FORGET.kind: forgetting(Once(database)),
            FORGET_JOBS.kind: forgetting_jobs(database),
            ERASE.kind: erasing(Erasures(database=database, users=people, erase=erase)),
            RETAIN.kind: retaining_all(database, cache),
        }
        schedules = [REMIND, FORGET, FORGET_JOBS, ERASE, RETAIN]
        jobs = Worker(settings, "sessions", handlers, schedules)
        process.health.require("schema", schema_is_current(database, STORAGE))
        process.health.report("postgres", jobs.is_connected)
        process.started()
        async with counting(database):
            await jobs.run(process.stopping)


if __name__ == "__main__":
    main("sessions-worker", WorkerSettings, worker)
