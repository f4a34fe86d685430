"""users over gRPC for its callers' tests: it knows the people it was told of, and their roles."""

from __future__ import annotations

from typing import Any

from fotbot.users.v1 import user_pb2, users_service_pb2
from fotbot.users.v1.users_service_pb2_grpc import UsersServiceServicer

from services.chassis.errors import NotFound


class UserNotFound(NotFound):
    """As users refuses."""

    reason = "USER_NOT_FOUND"


class FakeUsers(UsersServiceServicer):
    """Everybody with an id below 1,000 is a registered player unless told otherwise."""

    PLAYERS = range(1, 1000)

    def __init__(self) -> None:
        self._roles: dict[int, tuple[user_pb2.Role.ValueType, bool]] = {}
        self.asked: list[int] = []
        self.lost: set[int] = set()
        """Of whom nothing can be told just now."""
        self.reachable: list[int] = []
        """Whom a broadcast to everybody goes to, in order."""

    def know(
        self,
        user_id: int,
        role: user_pb2.Role.ValueType = user_pb2.ROLE_PLAYER,
        *,
        registered: bool = True,
    ) -> int:
        """From now on this person has that role."""
        self._roles[user_id] = (role, registered)
        return user_id

    async def GetRole(
        self, request: users_service_pb2.GetRoleRequest, context: Any
    ) -> users_service_pb2.GetRoleResponse:
        self.asked.append(request.user_id)
        if request.user_id in self.lost:
            raise RuntimeError(f"user {request.user_id} is lost")
        known = self._roles.get(request.user_id)
        if known is None and request.user_id in self.PLAYERS:
            known = (user_pb2.ROLE_PLAYER, True)
        if known is None:
            raise UserNotFound(f"no user {request.user_id}")
        role, registered = known
        return users_service_pb2.GetRoleResponse(role=role, registered=registered)

    async def ListReachable(
        self, request: users_service_pb2.ListReachableRequest, context: Any
    ) -> users_service_pb2.ListReachableResponse:
        following = [user_id for user_id in self.reachable if user_id > request.after_id]
        return users_service_pb2.ListReachableResponse(
            user_ids=following[: request.page_size or 100], total=len(self.reachable)
        )
