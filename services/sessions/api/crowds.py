"""Many people's Register or Leave as one commit, each with an outcome of his own.

Who is not known to be registered is asked for, all at once, before the transaction opens. Each item
runs the rules of `domain.places` in its turn; what it enqueues belongs to its caller's trace.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, nullcontext
from datetime import timedelta
from functools import partial
from typing import Any

from fotbot.sessions.v1 import sessions_service_pb2 as messages

from services.chassis.batches import Outcome, attempted, on_behalf
from services.chassis.db import WriteTransaction
from services.chassis.db_transactions import Writing
from services.chassis.once_together import OnceTogether, Worked
from services.sessions import wire
from services.sessions.domain import places
from services.sessions.domain.ports import Crowd, Store
from services.sessions.domain.values import Person, Role, SessionId, UserId

AskAll = Callable[[Iterable[UserId]], Awaitable[Mapping[UserId, Person | Exception]]]
Begin = Callable[[Iterable[SessionId]], AbstractAsyncContextManager[Writing]]
CrowdOf = Callable[[Writing], Crowd]
OnBehalf = Callable[[], AbstractContextManager[None]]
StoreOf = Callable[[WriteTransaction], Store]


class Registering:
    """Registers the people of BatchRegister's items; `begin` locks their sessions."""

    def __init__(
        self, once: OnceTogether, ask_all: AskAll, begin: Begin, crowd_of: CrowdOf
    ) -> None:
        self._once = once
        self._ask_all = ask_all
        self._begin = begin
        self._crowd_of = crowd_of

    async def __call__(self, items: Sequence[Any]) -> list[Outcome]:
        """In each session in the order of the items. Raises what concerns all of them."""
        newcomers = [(_session(item), _actor(item)) for item in items]
        people = await self._people(items)

        def begin(mine: Sequence[int]) -> AbstractAsyncContextManager[Writing]:
            return self._begin(newcomers[place][0] for place in mine)

        async def work(transaction: Writing, mine: Sequence[int]) -> Worked:
            crowd, views = self._crowd_of(transaction), wire.Views()
            await crowd.gather([newcomers[place] for place in mine])
            outcomes: list[Outcome] = []
            for place in mine:
                session_id, actor = newcomers[place]
                person = people[actor]
                if isinstance(person, Person):
                    around = partial(_of, items[place])
                    outcomes.append(
                        await attempted(_register(crowd, around, person, session_id, views))
                    )
                else:
                    outcomes.append(person)
            return Worked(outcomes, crowd.settle)

        return await self._once([item.request for item in items], work, begin)

    async def _people(self, items: Sequence[Any]) -> dict[UserId, Person | Exception]:
        """Nobody has to be more than registered here: only those are asked for of whom the caller
        does not know that they are."""
        people: dict[UserId, Person | Exception] = {}
        unknown: list[UserId] = []
        for item in items:
            actor = _actor(item)
            if item.request.registered and actor > 0:
                people[actor] = Person(id=actor, role=Role.PLAYER, registered=True)
            else:
                unknown.append(actor)
        if unknown:
            people.update(await self._ask_all(unknown))
        return people


class Leaving:
    """Takes the people of BatchLeave's items out; who leaves `refund_before` the start gets all
    back."""

    def __init__(self, once: OnceTogether, store_of: StoreOf, refund_before: timedelta) -> None:
        self._once = once
        self._store_of = store_of
        self._refund_before = refund_before

    async def __call__(self, items: Sequence[Any]) -> list[Outcome]:
        """In each session in the order of the items. Raises what concerns all of them."""

        async def work(transaction: WriteTransaction, mine: Sequence[int]) -> Worked:
            store = self._store_of(transaction)
            if len(mine) > 1:
                await store.lock_sessions({_session(items[place]) for place in mine})
            return Worked([await self._one(transaction, store, items[place]) for place in mine])

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
    crowd: Crowd, around: OnBehalf, person: Person, session_id: SessionId, views: wire.Views
) -> messages.RegisterResponse:
    with crowd.door(around) as door:
        outcome = await places.register(door, person, session_id)
    response = messages.RegisterResponse()
    response.already = outcome.already
    views.fill(response.session, outcome.view)
    return response


def _of(item: Any) -> AbstractContextManager[None]:
    """Around what an item makes; where it reads, it reads what it has locked."""
    return on_behalf(item.context) if item.context.traceparent else nullcontext()


def _actor(item: Any) -> UserId:
    return UserId(item.request.write.actor_id)


def _session(item: Any) -> SessionId:
    return SessionId(item.request.session_id)
