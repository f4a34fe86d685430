"""`python -m services.teams.worker`: hands the notices to the sender, erases who was deleted,
forgets what is old."""

from fotbot.sender.v1.notice_pb2 import Notice
from fotbot.sender.v1.sender_service_pb2_grpc import SenderServiceStub
from fotbot.users.v1.users_service_pb2_grpc import UsersServiceStub

from services.chassis.cache import Cache
from services.chassis.client import connect
from services.chassis.db import Database
from services.chassis.erasures import ERASE, Erasures, erasing
from services.chassis.job_records import FORGET_JOBS, forgetting_jobs
from services.chassis.jobs import Handler, Job, Jobs, Worker
from services.chassis.migrations import schema_is_current
from services.chassis.notice_jobs import notice_handler
from services.chassis.once import Once
from services.chassis.process import Process, main
from services.chassis.retention import RETAIN, retaining
from services.chassis.sweeping import FORGET, forgetting
from services.teams.migrate import STORAGE
from services.teams.settings import WorkerSettings
from services.teams.storage.erasing import Erasing
from services.teams.storage.outbox import NOTICE, SIDE_NOTICE
from services.teams.storage.retention import RULES
from services.teams.storage.sides import stands


async def worker(settings: WorkerSettings, process: Process) -> None:
    """Work until told to stop; jobs under way are finished first."""
    async with (
        Database.open(settings, "teams") as database,
        Cache.open(settings, "teams") as cache,
        connect("sender", settings.sender_addr) as sender,
        connect("users", settings.users_addr) as users,
    ):
        send = notice_handler(SenderServiceStub(sender))
        erasures = Erasures(
            database=database,
            users=UsersServiceStub(users),
            erase=Erasing(database, cache, Jobs()),
        )
        handlers = {
            NOTICE: send,
            SIDE_NOTICE: while_it_stands(database, send),
            FORGET.kind: forgetting(Once(database)),
            FORGET_JOBS.kind: forgetting_jobs(database),
            ERASE.kind: erasing(erasures),
            RETAIN.kind: retaining(database, RULES),
        }
        jobs = Worker(settings, "teams", handlers, [FORGET, FORGET_JOBS, ERASE, RETAIN])
        process.health.require("schema", schema_is_current(database, STORAGE))
        process.health.report("postgres", jobs.is_connected)
        process.started()
        await jobs.run(process.stopping)


def while_it_stands(database: Database, send: Handler) -> Handler:
    """The same for notices of sides; those of a side that was replaced are dropped."""

    async def send_if_it_stands(job: Job) -> None:
        if await stands(database, Notice.FromString(job.payload).facts.side_id):
            await send(job)

    return send_if_it_stands


if __name__ == "__main__":
    main("teams-worker", WorkerSettings, worker)
