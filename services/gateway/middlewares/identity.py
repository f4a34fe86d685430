"""Who asks: the person as users has cached him, read with all else that is remembered of him.

users is asked where it has not, or where what it has is older than what he has written himself.
Only for what is shown: the services check rights at every write. While users is away, who was seen
here lately is still known; of the others not even the language is, so they hear "later" in the one
that their Telegram speaks.
"""

from collections import OrderedDict
from collections.abc import Awaitable
from typing import TYPE_CHECKING, NamedTuple

import grpc
import structlog
from fotbot.users.v1.users_service_pb2 import EnsureUserRequest, EnsureUserResponse
from google.protobuf.message import DecodeError

from services.chassis import consistency
from services.chassis.cache_values import read_at, unpacked
from services.chassis.consistency import Position
from services.chassis.deadline import budget
from services.chassis.errors import Kind, RemoteRefusal, Unanswered
from services.gateway.apologies import apology
from services.gateway.arrivals import Arrival, Outcome
from services.gateway.calls import Person
from services.gateway.held_back import Busy
from services.gateway.incoming import Incoming
from services.gateway.persons import person_from
from services.gateway.rendering import Rendered, render
from services.gateway.texts import LANGUAGES, Texts, texts_for

if TYPE_CHECKING:
    from fotbot.users.v1.user_pb2 import User
    from fotbot.users.v1.users_service_pb2_grpc import UsersServiceAsyncStub

PEOPLE_REMEMBERED = 20_000
SECONDS_WHEN_REMEMBERED = 1.0
"""Waiting longer for somebody we know would leave his handler no time."""

log = structlog.get_logger(__name__)


class _Seen(NamedTuple):
    person: Person
    cached: bytes
    """What users had cached of him; empty when he was asked for."""

    position: Position
    """At which that was read."""


class Identity:
    """Tells who asks."""

    def __init__(self, users: "UsersServiceAsyncStub", default_language: str) -> None:
        self._users = users
        self._default_language = default_language
        self._seen: OrderedDict[int, _Seen] = OrderedDict()

    def asked(self, arrival: Arrival) -> Awaitable[Person | None]:
        """The person as users tells, or as he was seen last; None if nothing is known of him.
        Raises Busy when users is too busy to say."""
        return self._ask(arrival.incoming, arrival.person)

    def known(self, arrival: Arrival) -> Person | None:
        """The person, where nobody has to be asked."""
        if not (remembered := arrival.remembered) or not remembered.known:
            return None
        positions, seen = consistency.current_positions(), self._seen.get(arrival.person)
        asked = positions.of("users") if positions else 0
        if seen and seen.cached == remembered.known and seen.position >= asked:
            self._seen.move_to_end(arrival.person)
            return seen.person
        return self._read(remembered.known, asked)

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
        seen = self.seen(incoming.person) if incoming.person else None
        return texts_for(seen.language if seen else self._guess(incoming.language_code))

    def seen(self, telegram_id: int) -> Person | None:
        """The person as he was when he last came here."""
        seen = self._seen.get(telegram_id)
        return seen.person if seen else None

    def forget(self, telegram_id: int) -> None:
        """Who was seen there is there no more."""
        self._seen.pop(telegram_id, None)

    async def texts_told(self, incoming: Incoming) -> Texts:
        """The same, after asking users if the person has not been seen here."""
        if incoming.person and incoming.person not in self._seen:
            try:
                await self._ask(incoming, incoming.person)
            except Busy:
                log.info("users is too busy to tell a language")
        return self.texts(incoming)

    def _guess(self, language_code: str) -> str:
        tag = language_code[:2].lower()
        return tag if tag in LANGUAGES else self._default_language

    async def _ask(self, incoming: Incoming, telegram_id: int) -> Person | None:
        seen = self.seen(telegram_id)
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
        return self._remember(reply.user)

    def _read(self, cached: bytes, asked: Position) -> Person | None:
        """The person as users has cached him, if that is he and new enough."""
        value = unpacked(cached, asked)
        if not isinstance(value, bytes):
            return None
        try:
            user = EnsureUserResponse.FromString(value).user
        except DecodeError:
            return None
        return self._remember(user, cached, read_at(cached))

    def _remember(self, user: "User", cached: bytes = b"", position: Position = 0) -> Person:
        person = person_from(user, self._default_language)
        self._seen[person.telegram_id] = _Seen(person, cached, position)
        self._seen.move_to_end(person.telegram_id)
        if len(self._seen) > PEOPLE_REMEMBERED:
            self._seen.popitem(last=False)
        return person


def _may_write(arrival: Arrival) -> bool:
    """A tap, a conversation's step, or what was held back before: it may have taken effect."""
    record = arrival.remembered.record if arrival.remembered else None
    stepping = bool(record and record.conversation) and arrival.shortcut is None
    return arrival.writing.known or arrival.incoming.query_id is not None or stepping
