"""Who asks: the person as users knows him, asked once per update.

While users is away, who was seen here lately is still known; of the others not even the language
is, so they hear "later" in the one that their Telegram speaks.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import grpc
import structlog
from aiogram import BaseMiddleware
from aiogram.types import TelegramObject
from fotbot.users.v1.users_service_pb2 import EnsureUserRequest

from services.chassis.deadline import budget
from services.chassis.errors import RemoteRefusal, Unanswered
from services.gateway.apologies import apology
from services.gateway.arrivals import Arrival, Outcome
from services.gateway.calls import Person
from services.gateway.held_back import Busy
from services.gateway.incoming import Incoming
from services.gateway.persons import person_from
from services.gateway.rendering import Rendered, render
from services.gateway.texts import LANGUAGES, Texts, texts_for

if TYPE_CHECKING:
    from fotbot.users.v1.users_service_pb2_grpc import UsersServiceAsyncStub

PEOPLE_REMEMBERED = 20_000
SECONDS_WHEN_REMEMBERED = 1.0
"""Waiting longer for somebody we know would leave his handler no time."""

log = structlog.get_logger(__name__)


class Identity(BaseMiddleware):
    """Puts `person` beside the update, or answers "later"."""

    def __init__(self, users: "UsersServiceAsyncStub", default_language: str) -> None:
        self._users = users
        self._default_language = default_language
        self._seen: OrderedDict[int, Person] = OrderedDict()

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Goes on with the person, if anything is known of him. Raises Unanswered if not, and the
        update may be somebody's write."""
        arrival: Arrival = data["arrival"]
        person = await self._person(arrival.incoming, arrival.person)
        if person is None:
            return self._nobody(arrival)
        data["person"] = person
        return await handler(event, data)

    def _nobody(self, arrival: Arrival) -> Rendered:
        """A question may be asked again by the person himself. What may be a write comes again by
        itself, as long as there is room to hold it back."""
        arrival.outcome, key = Outcome.LATER, "later"
        if _may_write(arrival):
            try:
                arrival.writing.begin()
            except Busy:
                arrival.outcome, key = Outcome.BUSY, "busy"
            else:
                raise Unanswered("nobody says who asks, and it may be a write")
        return render(
            apology(self.texts(arrival.incoming), key, arrival.incoming), arrival.incoming
        )

    def texts(self, incoming: Incoming) -> Texts:
        """The texts in the person's language, as far as it is known here."""
        seen = self._seen.get(incoming.person) if incoming.person else None
        return texts_for(seen.language if seen else self._guess(incoming.language_code))

    def _guess(self, language_code: str) -> str:
        tag = language_code[:2].lower()
        return tag if tag in LANGUAGES else self._default_language

    async def texts_told(self, incoming: Incoming) -> Texts:
        """The same, after asking users if the person has not been seen here."""
        if incoming.person and incoming.person not in self._seen:
            await self._person(incoming, incoming.person)
        return self.texts(incoming)

    async def _person(self, incoming: Incoming, telegram_id: int) -> Person | None:
        seen = self._seen.get(telegram_id)
        request = EnsureUserRequest(
            telegram_id=telegram_id, language_code=incoming.language_code[:35]
        )
        try:
            with budget(SECONDS_WHEN_REMEMBERED if seen else float("inf")):
                reply = await self._users.EnsureUser(request)
        except (Unanswered, RemoteRefusal, grpc.aio.AioRpcError) as error:
            log.warning("users does not say who asks", error=str(error), remembered=bool(seen))
            # What was known of a newcomer is old by his next step.
            return seen if seen and seen.registered else None
        return self._remember(telegram_id, person_from(reply.user, self._default_language))

    def _remember(self, telegram_id: int, person: Person) -> Person:
        self._seen[telegram_id] = person
        self._seen.move_to_end(telegram_id)
        if len(self._seen) > PEOPLE_REMEMBERED:
            self._seen.popitem(last=False)
        return person


def _may_write(arrival: Arrival) -> bool:
    """A tap, a conversation's step, or what was held back before: it may have taken effect."""
    record = arrival.remembered.record if arrival.remembered else None
    stepping = bool(record and record.conversation) and arrival.shortcut is None
    return arrival.writing.known or arrival.incoming.query_id is not None or stepping
