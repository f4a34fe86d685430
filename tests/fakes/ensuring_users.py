"""users as the gateway meets it: everybody is known at first sight, in the language told."""

from __future__ import annotations

from collections import Counter
from typing import Any

from fotbot.common.v1 import language_pb2
from fotbot.users.v1 import user_pb2, users_service_pb2
from fotbot.users.v1.users_service_pb2_grpc import UsersServiceServicer

from services.chassis.errors import Exhausted, Unavailable

LANGUAGES = {
    "uz": language_pb2.LANGUAGE_UZ,
    "ru": language_pb2.LANGUAGE_RU,
    "en": language_pb2.LANGUAGE_EN,
}


class StoreAway(Unavailable):
    """As users refuses while its database is away."""

    reason = "STORE_UNAVAILABLE"


class TooManyPeople(Exhausted):
    """As users refuses what it has not begun."""

    reason = "CROWDED"


class EnsuringUsers(UsersServiceServicer):
    """Speaks for everybody; a person's own id is his Telegram id and 1,000,000."""

    def __init__(self) -> None:
        self.away = False
        self.crowded = False
        self.language = "en"
        self.registered = True
        self.asked: Counter[int] = Counter()
        self.reachable: dict[int, bool] = {}

    async def EnsureUser(
        self, request: users_service_pb2.EnsureUserRequest, context: Any
    ) -> users_service_pb2.EnsureUserResponse:
        if self.away:
            raise StoreAway("the database is away")
        if self.crowded:
            raise TooManyPeople("too many at once")
        self.asked[request.telegram_id] += 1
        user = user_pb2.User(
            id=1_000_000 + request.telegram_id,
            telegram_id=request.telegram_id,
            name="Ali",
            language=LANGUAGES[self.language],
            role=user_pb2.ROLE_PLAYER,
            registered=self.registered,
            language_chosen=True,
        )
        return users_service_pb2.EnsureUserResponse(user=user)

    async def SetReachable(
        self, request: users_service_pb2.SetReachableRequest, context: Any
    ) -> users_service_pb2.SetReachableResponse:
        self.reachable[request.telegram_id] = request.reachable
        return users_service_pb2.SetReachableResponse(known=True)
