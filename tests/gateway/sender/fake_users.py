"""Users as the sender sees them: over real gRPC, with people in memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from fotbot.common.v1.language_pb2 import LANGUAGE_EN, LANGUAGE_RU, LANGUAGE_UZ
from fotbot.users.v1.user_pb2 import Person
from fotbot.users.v1.users_service_pb2 import (
    ListPeopleRequest,
    ListPeopleResponse,
    ListRecipientsRequest,
    ListRecipientsResponse,
    Recipient,
    SetReachableRequest,
    SetReachableResponse,
)
from fotbot.users.v1.users_service_pb2_grpc import (
    UsersServiceServicer,
    add_UsersServiceServicer_to_server,
)

from services.chassis.errors import Unavailable
from services.chassis.server import serving

# A person's chat is his Telegram id.
CHAT = 7_000_000_000
SPEAKS = {1: LANGUAGE_UZ, 2: LANGUAGE_RU}


class PeopleAway(Unavailable):
    """Users cannot say just now."""

    reason = "STORE_UNAVAILABLE"


@dataclass(slots=True)
class FakeUsers(UsersServiceServicer):
    """Everybody from 1 to 9,999 is there; 1 speaks Uzbek, 2 Russian, all others English."""

    unreachable: set[int] = field(default_factory=set)
    muted: dict[int, list[Any]] = field(default_factory=dict)
    """By person, the topics he does not want."""
    names: dict[int, str] = field(default_factory=dict)
    away: bool = False

    async def ListRecipients(
        self, request: ListRecipientsRequest, context: Any
    ) -> ListRecipientsResponse:
        if self.away:
            raise PeopleAway("away")
        known = [user_id for user_id in request.user_ids if user_id < 10_000]
        return ListRecipientsResponse(recipients=[self._recipient(user_id) for user_id in known])

    async def ListPeople(self, request: ListPeopleRequest, context: Any) -> ListPeopleResponse:
        if self.away:
            raise PeopleAway("away")
        known = [user_id for user_id in request.user_ids if user_id in self.names]
        return ListPeopleResponse(
            people=[Person(id=user_id, name=self.names[user_id]) for user_id in known]
        )

    async def SetReachable(
        self, request: SetReachableRequest, context: Any
    ) -> SetReachableResponse:
        if not request.reachable:
            self.unreachable.add(request.telegram_id - CHAT)
        return SetReachableResponse(known=True)

    def _recipient(self, user_id: int) -> Recipient:
        return Recipient(
            user_id=user_id,
            telegram_id=CHAT + user_id,
            language=SPEAKS.get(user_id, LANGUAGE_EN),
            reachable=user_id not in self.unreachable,
            muted_topics=self.muted.get(user_id, ()),
        )


@asynccontextmanager
async def users_served(fake: FakeUsers) -> AsyncIterator[str]:
    """The address of the fake."""
    register = partial(add_UsersServiceServicer_to_server, fake)
    async with serving(register, ["fotbot.users.v1.UsersService"]) as address:
        yield address
