"""Jobs whose payload is a notice: the sender keeps it, and tells repeats by its id.

Those that are under way together go in one call; one that the sender refuses fails alone.
"""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fotbot.sender.v1.notice_pb2 import Notice
from fotbot.sender.v1.sender_service_pb2 import SendNoticesRequest

from services.chassis.coalesce import Coalescer, Crowded, TooLate
from services.chassis.deadline import budget
from services.chassis.errors import Kind, RemoteRefusal, Unanswered
from services.chassis.jobs import Handler, Job

if TYPE_CHECKING:
    # Known to the type checker only: at run time a stub has no class for its async form.
    from fotbot.sender.v1.sender_service_pb2_grpc import SenderServiceAsyncStub

SEND_SECONDS = 5.0
# As many as one call may bring.
MOST_TOGETHER = 100


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
