"""What the tests of crowds do with the running service: batches, and the same calls one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fotbot.sessions.v1 import sessions_service_pb2 as messages

from services.chassis.db import WriteTransaction
from services.chassis.errors import Refused
from services.chassis.jobs import Jobs
from services.chassis.once import Once
from services.sessions import wire
from services.sessions.domain import places
from services.sessions.domain.values import Person, Role, SessionId, UserId
from services.sessions.storage.cache_keys import CacheKeys
from services.sessions.storage.outbox import Outbox
from services.sessions.storage.store import SqlStore
from tests.sessions.evening import Evening

BUG = "INTERNAL"


async def register_all(
    evening: Evening, requests: Sequence[messages.RegisterRequest], *traces: str
) -> list[Any]:
    """The items' outcomes, in one batch."""
    batch = messages.BatchRegisterRequest()
    for number, request in enumerate(requests):
        item = batch.items.add(request=request)
        if traces:
            item.context.traceparent = traces[number]
    answer: messages.BatchRegisterResponse = await evening.stub.BatchRegister(batch)
    return list(answer.items)


async def leave_all(evening: Evening, requests: Sequence[messages.LeaveRequest]) -> list[Any]:
    batch = messages.BatchLeaveRequest()
    for request in requests:
        batch.items.add(request=request)
    answer: messages.BatchLeaveResponse = await evening.stub.BatchLeave(batch)
    return list(answer.items)


def joining(
    evening: Evening, user_id: int, session_id: int, request_id: str = ""
) -> messages.RegisterRequest:
    return messages.RegisterRequest(write=evening.write(user_id, request_id), session_id=session_id)


def leaving(evening: Evening, user_id: int, session_id: int) -> messages.LeaveRequest:
    return messages.LeaveRequest(write=evening.write(user_id), session_id=session_id)


async def register_alone(
    evening: Evening, request: messages.RegisterRequest, *, registered: bool
) -> str:
    """As a call in a transaction of its own does it: what is told of the outcome."""
    person = Person(id=UserId(request.write.actor_id), role=Role.PLAYER, registered=registered)
    keys = CacheKeys(evening.cache)

    async def work(transaction: WriteTransaction) -> messages.RegisterResponse:
        store = SqlStore(transaction, Outbox(transaction, Jobs(), keys))
        outcome = await places.register(store, person, SessionId(request.session_id))
        return messages.RegisterResponse(session=wire.view(outcome.view), already=outcome.already)

    try:
        once = Once(evening.database)
        return told(await once(request.write, request, messages.RegisterResponse, work))
    except Refused as refusal:
        return refusal.reason
    except Exception:
        return "MALFORMED" if "\0" in request.write.request_id else BUG


def outcome(item: Any) -> str:
    """What is told of an item's outcome."""
    if item.WhichOneof("outcome") == "response":
        return told(item.response)
    return str(item.error.reason or item.error.status)


def told(response: messages.RegisterResponse) -> str:
    """All but which session and which entry it is."""
    session, own = response.session.session, response.session.registration
    counts = (session.taken, session.waitlisted, session.version)
    paid = (own.payment.amount, own.payment.status)
    return f"{own.status} {own.position} {own.user_id} {counts} {paid} {response.already}"
