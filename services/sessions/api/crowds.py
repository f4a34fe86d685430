"""Many people's Register or Leave as one commit, each with an outcome of his own.

Roles are asked for all at once, before the transaction opens. Each item runs the rules of
`domain.places` in its turn; what it enqueues belongs to the trace of whoever asked.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from functools import partial
from typing import Any

from fotbot.sessions.v1 import sessions_service_pb2 as messages

from services.chassis.batches import Outcome, attempted, on_behalf
from services.chassis.db import WriteTransaction
from services.chassis.once_together import OnceTogether
from services.sessions import wire
from services.sessions.domain import places
from services.sessions.domain.ports import Crowd, Store
from services.sessions.domain.values import Person, SessionId, UserId

AskAll = Callable[[Iterable[UserId]], Awaitable[Mapping[UserId, Person | Exception]]]
CrowdOf = Callable[[WriteTransaction], Crowd]
StoreOf = Callable[[WriteTransaction], Store]


class Registering:
    """Registers the people of BatchRegister's items."""

    def __init__(self, once: OnceTogether, ask_all: AskAll, crowd_of: CrowdOf) -> None:
        self._once = once
        self._ask_all = ask_all
        self._crowd_of = crowd_of

    async def __call__(self, items: Sequence[Any]) -> list[Outcome]:
        """In each session in the order of the items. Raises what concerns all of them."""
        people = await self._ask_all(_actor(item) for item in items)

        async def work(transaction: WriteTransaction, mine: Sequence[int]) -> list[Outcome]:
            crowd = self._crowd_of(transaction)
            await crowd.gather([(_session(items[place]), _actor(items[place])) for place in mine])
            views = wire.Views()
            outcomes = [await self._one(crowd, items[place], people, views) for place in mine]
            await crowd.settle()
            return outcomes

        return await self._once([item.request for item in items], work)

    @staticmethod
    async def _one(
        crowd: Crowd, item: Any, people: Mapping[UserId, Person | Exception], views: wire.Views
    ) -> Outcome:
        person = people[_actor(item)]
        if isinstance(person, Exception):
            return person
        return await attempted(_register(crowd, person, item, views))


class Leaving:
    """Takes the people of BatchLeave's items out; who leaves `refund_before` the start gets all
    back."""

    def __init__(self, once: OnceTogether, store_of: StoreOf, refund_before: timedelta) -> None:
        self._once = once
        self._store_of = store_of
        self._refund_before = refund_before

    async def __call__(self, items: Sequence[Any]) -> list[Outcome]:
        """In each session in the order of the items. Raises what concerns all of them."""

        async def work(transaction: WriteTransaction, mine: Sequence[int]) -> list[Outcome]:
            store = self._store_of(transaction)
            if len(mine) > 1:
                await store.lock_sessions({_session(items[place]) for place in mine})
            return [await self._one(transaction, store, items[place]) for place in mine]

        return await self._once([item.request for item in items], work)

    async def _one(self, transaction: WriteTransaction, store: Store, item: Any) -> Outcome:
        with _of(item):
            return await attempted(self._leave(transaction, store, _actor(item), _session(item)))

    async def _leave(
        self, transaction: WriteTransaction, store: Store, actor: UserId, session_id: SessionId
    ) -> messages.LeaveResponse:
        async with transaction.savepoint():
            outcome = await places.leave(store, actor, session_id, self._refund_before)
        return messages.LeaveResponse(session=wire.view(outcome.view), already=outcome.already)


async def _register(
    crowd: Crowd, person: Person, item: Any, views: wire.Views
) -> messages.RegisterResponse:
    with crowd.door(partial(_of, item)) as door:
        outcome = await places.register(door, person, _session(item))
    response = messages.RegisterResponse(already=outcome.already)
    views.fill(response.session, outcome.view)
    return response


def _of(item: Any) -> AbstractContextManager[None]:
    """Around what an item makes; where it reads, it reads what it has locked."""
    return on_behalf(item.context) if item.context.traceparent else nullcontext()


def _actor(item: Any) -> UserId:
    return UserId(item.request.write.actor_id)


def _session(item: Any) -> SessionId:
    return SessionId(item.request.session_id)
