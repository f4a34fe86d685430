"""Who acts, asked of users at every call that is not everybody's: roles are never cached here."""

from typing import TYPE_CHECKING

from fotbot.users.v1.users_service_pb2 import GetRoleRequest

from services.chassis.errors import Kind, RemoteRefusal
from services.sessions.domain.values import Person, Role, UserId

if TYPE_CHECKING:
    # Known to the type checker only: at run time a stub has no class for its async form.
    from fotbot.users.v1.users_service_pb2_grpc import UsersServiceAsyncStub

_ROLES = frozenset(role.value for role in Role)


class People:
    """The edge to users."""

    def __init__(self, users: "UsersServiceAsyncStub") -> None:
        self._users = users

    async def ask(self, user_id: UserId) -> Person:
        """The person with his role as of now; whom users does not know may do nothing.

        Raises Unanswered or RemoteRefusal when users cannot tell.
        """
        if user_id <= 0:
            return _stranger(user_id)
        try:
            reply = await self._users.GetRole(GetRoleRequest(user_id=user_id))
        except RemoteRefusal as refusal:
            if refusal.kind is not Kind.NOT_FOUND:
                raise
            return _stranger(user_id)
        return Person(id=user_id, role=_role(reply.role), registered=reply.registered)


def _role(number: int) -> Role:
    """A role that is newer than this code gives no rights here."""
    return Role(number) if number in _ROLES else Role.PLAYER


def _stranger(user_id: UserId) -> Person:
    return Person(id=user_id, role=Role.PLAYER, registered=False)
