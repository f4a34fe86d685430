"""Who asks: the person as users knows him, asked once and kept for half a minute.

While users is away, who was seen here lately is still known; of the others not even the language
is, so they hear "later" in the one that their Telegram speaks.
"""

from collections import OrderedDict
from typing import TYPE_CHECKING

import grpc
import structlog
from fotbot.users.v1.users_service_pb2 import EnsureUserRequest

from services.chassis import consistency
from services.chassis.cache import CacheDown
from services.chassis.deadline import budget
from services.chassis.errors import Kind, RemoteRefusal, Unanswered
from services.gateway import kept_identity
from services.gateway.apologies import apology
from services.gateway.arrivals import Arrival, Outcome
from services.gateway.calls import Person, UserId
from services.gateway.held_back import Busy
from services.gateway.incoming import Incoming
from services.gateway.person_memory import PersonMemory
from services.gateway.rendering import Rendered, render
from services.gateway.texts import LANGUAGES, Texts, texts_for

if TYPE_CHECKING:
    from fotbot.users.v1.users_service_pb2_grpc import UsersServiceAsyncStub

PEOPLE_REMEMBERED = 20_000
SECONDS_WHEN_REMEMBERED = 1.0
"""Waiting longer for somebody we know would leave his handler no time."""

log = structlog.get_logger(__name__)


class Identity:
    """Tells who asks."""

    def __init__(
        self, users: "UsersServiceAsyncStub", memory: PersonMemory, default_language: str
    ) -> None:
        self._users = users
        self._memory = memory
        self._default_language = default_language
        self._seen: OrderedDict[int, Person] = OrderedDict()
        self._numbers: dict[UserId, int] = {}
        """The Telegram ids of those who were seen."""

    async def person(self, arrival: Arrival) -> Person | None:
        """The person, if anything is known of him. Raises Busy when users is too busy to say."""
        remembered = arrival.remembered
        if remembered and remembered.identity:
            positions = consistency.current_positions()
            asked = positions.of("users") if positions else 0
            if user := kept_identity.fresh(remembered.identity, asked):
                return self._remember(user)
        return await self._ask(arrival.incoming, arrival.person, arrival)

    def nobody(self, arrival: Arrival) -> Rendered:
        """A question may be asked again by the person himself. What may be a write comes again by
        itself, as long as there is room to hold it back: then it raises Unanswered."""
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

    async def texts_told(self, incoming: Incoming) -> Texts:
        """The same, after asking users if the person has not been seen here."""
        if incoming.person and incoming.person not in self._seen:
            try:
                await self._ask(incoming, incoming.person)
            except Busy:
                log.info("users is too busy to tell a language")
        return self.texts(incoming)

    async def forget(self, bot_id: int, user_id: UserId) -> None:
        """What users tells of this person has changed, by somebody else's doing: at his next
        update it is asked anew, as far as this process knows his Telegram id."""
        telegram_id = self._numbers.get(user_id)
        if telegram_id is not None:
            try:
                await self._memory.forget_identity(bot_id, telegram_id)
            except CacheDown:
                log.info("a kept identity ends by time alone")

    def _guess(self, language_code: str) -> str:
        tag = language_code[:2].lower()
        return tag if tag in LANGUAGES else self._default_language

    async def _ask(
        self, incoming: Incoming, telegram_id: int, arrival: Arrival | None = None
    ) -> Person | None:
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
            known = seen if seen and seen.registered else None
            if known is None and isinstance(error, RemoteRefusal) and error.kind is Kind.EXHAUSTED:
                raise Busy from error
            return known
        user = reply.user.SerializeToString()
        person = self._remember(user)
        if arrival and person.registered:
            positions = consistency.current_positions()
            read_at = positions.of("users") if positions else 0
            arrival.identity = kept_identity.packed(user, read_at)
        return person

    def _remember(self, user: bytes) -> Person:
        person = kept_identity.person_of(user, self._default_language)
        self._seen[person.telegram_id] = person
        self._seen.move_to_end(person.telegram_id)
        self._numbers[person.user_id] = person.telegram_id
        if len(self._seen) > PEOPLE_REMEMBERED:
            _, gone = self._seen.popitem(last=False)
            self._numbers.pop(gone.user_id, None)
        return person


def _may_write(arrival: Arrival) -> bool:
    """A tap, a conversation's step, or what was held back before: it may have taken effect."""
    record = arrival.remembered.record if arrival.remembered else None
    stepping = bool(record and record.conversation) and arrival.shortcut is None
    return arrival.writing.known or arrival.incoming.query_id is not None or stepping
