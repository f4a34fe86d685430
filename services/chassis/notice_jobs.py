"""Jobs whose payload is a notice: the sender keeps it, and tells repeats by its id.

Those that are under way together go in one call; one that the sender refuses fails alone.
"""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fotbot.sender.v1.notice_pb2 import Notice
from fotbot.sender.v1.sender_service_pb2 import SendNoticesRequest

from services.chassis.coalesce import Coalescer, Crowded, TooLate
from services.chassis.db_transactions import Writing
from services.chassis.deadline import budget
from services.chassis.errors import Kind, RemoteRefusal, Unanswered
from services.chassis.jobs import Handler, Job

if TYPE_CHECKING:
    # Known to the type checker only: at run time a stub has no class for its async form.
    from fotbot.sender.v1.sender_service_pb2_grpc import SenderServiceAsyncStub

SEND_SECONDS = 5.0
# As many as one call may bring.
MOST_TOGETHER = 100
WAITING = """SELECT id, payload FROM pgqueuer
    WHERE entrypoint = ANY($1) AND status IN ('queued', 'failed') FOR UPDATE SKIP LOCKED"""


def notice_handler(sender: "SenderServiceAsyncStub") -> Handler:
    """The handler that hands a job's notice over. Raises RemoteRefusal, Unanswered."""

    async def carry(notices: Sequence[Notice], ends: float) -> Sequence[Exception | None]:
        try:
            await give(notices, ends)
        except RemoteRefusal as refusal:
            if refusal.kind is not Kind.INVALID or len(notices) == 1:
                raise
            return [await alone(notice, ends) for notice in notices]
        return [None] * len(notices)

    async def alone(notice: Notice, ends: float) -> Exception | None:
        try:
            await give([notice], ends)
        except Exception as error:
            return error
        return None

    async def give(notices: Sequence[Notice], ends: float) -> None:
        with budget(max(0.0, ends - time.monotonic())):
            await sender.SendNotices(SendNoticesRequest(notices=notices))

    together: Coalescer[Notice, None] = Coalescer(carry, most=MOST_TOGETHER)

    async def send(job: Job) -> None:
        notice = Notice.FromString(job.payload)
        try:
            await together(notice, time.monotonic() + SEND_SECONDS)
        except (TooLate, Crowded) as error:
            raise Unanswered(f"the sender was not reached in time: {error}") from error

    return send


async def forget_person(transaction: Writing, user_id: int, kinds: Sequence[str]) -> None:
    """Of the jobs of these kinds that nobody works on just now: those for a person are no more,
    and those about him do not say what he is called."""
    connection = await transaction.driver_connection()
    for row in await connection.fetch(WAITING, list(kinds)):
        notice = Notice.FromString(row["payload"] or b"")
        if notice.user_id == user_id:
            await connection.execute("DELETE FROM pgqueuer WHERE id = $1", row["id"])
        elif notice.facts.other_user_id == user_id and notice.facts.other_name:
            notice.facts.other_name = ""
            changed = notice.SerializeToString()
            await connection.execute(
                "UPDATE pgqueuer SET payload = $2 WHERE id = $1", row["id"], changed
            )
