"""The conversation around a handler: what it was, and where the answer moves it.

The move is a compare-and-set. Who loses looks again: it was this very update on another gateway,
then its answer is repeated, or another one, then the handler runs again where things are now. A
handler's writes are safe under both, since they carry the update's request ids.
"""

from collections.abc import Callable

import structlog

from services.chassis.cache import CacheDown
from services.gateway.answers import Answer
from services.gateway.apologies import apology
from services.gateway.arrivals import Arrival, Outcome
from services.gateway.calls import Call, Person, Services
from services.gateway.conversation_records import Record
from services.gateway.conversations import Conversation, Ended
from services.gateway.metrics import CONVERSATION_RACES
from services.gateway.middlewares.errors import Errors, Led
from services.gateway.person_memory import PersonMemory
from services.gateway.rendering import NOTHING, Rendered, render
from services.gateway.texts import texts_for

ATTEMPTS = 4

log = structlog.get_logger(__name__)


class Conversations:
    """Makes the `call`, and keeps the conversation's record."""

    def __init__(
        self,
        memory: PersonMemory,
        services: Services,
        errors: Errors,
        forget: Callable[[int], None],
    ) -> None:
        """`forget` is told of a Telegram account whose person was deleted."""
        self._memory = memory
        self._forget = forget
        self._services = services
        self._errors = errors

    async def answer(self, led: Led, arrival: Arrival, person: Person) -> Rendered:
        """The rendered answer, after the conversation has moved."""
        record = arrival.remembered.record if arrival.remembered else await self._recalled(arrival)
        for _ in range(ATTEMPTS):
            arrival.unsure = record is None
            if record and (given := record.answer_to(arrival.incoming.update_id)):
                arrival.outcome = Outcome.REPEATED
                return given
            call = self._call(arrival, person, record)
            answer = await self._errors.answer(led, arrival, call)
            if answer is None:
                arrival.outcome = Outcome.IGNORED
                return NOTHING
            if answer.forget:
                return await self._forgotten(answer, arrival)
            if not _moves(answer, arrival, record):
                return render(answer, arrival.incoming)
            if record and (rendered := await self._moved(answer, call, arrival, record)):
                return rendered
            record = await self._recalled(arrival)
            if record is None:
                return _without_cluster(answer, call, arrival)
            CONVERSATION_RACES.inc()
        arrival.outcome = Outcome.BUSY
        return render(apology(call.texts, "busy", arrival.incoming), arrival.incoming)

    async def _forgotten(self, answer: Answer, arrival: Arrival) -> Rendered:
        """Without the cluster, what it remembers ends by time alone."""
        self._forget(arrival.person)
        try:
            await self._memory.forget(arrival.bot.bot_id, arrival.person)
        except CacheDown:
            log.info("what is remembered of who was deleted ends by time alone")
        return render(answer, arrival.incoming)

    async def _recalled(self, arrival: Arrival) -> Record | None:
        """The record as it is now; None while the cluster is away."""
        try:
            return await self._memory.record(arrival.bot.bot_id, arrival.person)
        except CacheDown:
            return None

    async def _moved(
        self, answer: Answer, call: Call, arrival: Arrival, record: Record
    ) -> Rendered | None:
        """The answer once the record has moved with it. None when another one was faster, or
        nobody knows: the record tells, since it remembers who has moved it."""
        rendered = render(answer, arrival.incoming)
        to = call.conversation if answer.conversation is None else answer.conversation
        talk = None if isinstance(to, Ended) else to
        moved = record.moved(talk, arrival.incoming.update_id, rendered)
        try:
            done = await self._memory.move(arrival.bot.bot_id, arrival.person, record, moved)
        except CacheDown:
            return None
        return rendered if done else None

    def _call(self, arrival: Arrival, person: Person, record: Record | None) -> Call:
        incoming = arrival.incoming
        return Call(
            person=person,
            texts=texts_for(person.language),
            services=self._services,
            bot_id=arrival.bot.bot_id,
            bot_username=arrival.bot.username,
            update_id=incoming.update_id,
            chat_id=arrival.person if incoming.chat_id is None else incoming.chat_id,
            message_id=incoming.pressed,
            private=incoming.private,
            now=arrival.at,
            conversation=record.conversation if record and incoming.private else None,
            writes=arrival.writing,
        )


def _moves(answer: Answer, arrival: Arrival, record: Record | None) -> bool:
    """A step that asks again counts as a move too: its answer must be repeatable. An answer that
    says the step failed must not be. Where there is no conversation, none has to end."""
    if not arrival.incoming.private or arrival.outcome not in (Outcome.DONE, Outcome.REFUSED):
        return False
    if arrival.stepped:
        return True
    if isinstance(answer.conversation, Ended):
        return record is None or record.conversation is not None
    return answer.conversation is not None


def _without_cluster(answer: Answer, call: Call, arrival: Arrival) -> Rendered:
    """A conversation cannot begin or go on; one that has ended has done its work."""
    log.warning("a conversation could not be kept")
    asks_again = arrival.stepped and answer.conversation is None
    if asks_again or isinstance(answer.conversation, Conversation):
        arrival.outcome = Outcome.LATER
        return render(apology(call.texts, "later", arrival.incoming), arrival.incoming)
    return render(answer, arrival.incoming)
