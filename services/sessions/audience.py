"""Everybody whom the bot reaches, asked of users: whom a broadcast without a session goes to."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fotbot.users.v1.users_service_pb2 import ListReachableRequest

from services.sessions.domain.values import UserId

if TYPE_CHECKING:
    # Known to the type checker only: at run time a stub has no class for its async form.
    from fotbot.users.v1.users_service_pb2_grpc import UsersServiceAsyncStub


class Everybody:
    """The edge to users. Raises Unanswered or RemoteRefusal when users cannot tell."""

    def __init__(self, users: "UsersServiceAsyncStub") -> None:
        self._users = users

    async def count(self) -> int:
        """How many they are."""
        return (await self._users.ListReachable(ListReachableRequest(page_size=1))).total

    async def page(self, after: UserId, count: int) -> Sequence[UserId]:
        """The next ones in the order of their ids."""
        request = ListReachableRequest(after_id=after, page_size=count)
        reply = await self._users.ListReachable(request)
        return [UserId(user_id) for user_id in reply.user_ids]
