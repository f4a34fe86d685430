"""Who acts, asked of users at every call that is not everybody's: roles are never cached here.

Single questions of a crowd travel together; a batch asks for all of its people at once.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from fotbot.users.v1.users_service_pb2 import (
    BatchGetRolesRequest,
    GetRoleRequest,
    GetRoleResponse,
)

from services.chassis.batch_calls import BatchedCalls
from services.chassis.errors import Kind, RemoteRefusal, Unanswered
from services.sessions.domain.values import Person, Role, UserId

if TYPE_CHECKING:
    # Known to the type checker only: at run time a stub has no class for its async form.
    from fotbot.users.v1.users_service_pb2_grpc import UsersServiceAsyncStub

_ROLES = frozenset(role.value for role in Role)


class People:
    """The edge to users."""

    def __init__(self, users: "UsersServiceAsyncStub") -> None:
        self._batch = users.BatchGetRoles
        self._role = BatchedCalls("users", users.BatchGetRoles, BatchGetRolesRequest)

    async def ask(self, user_id: UserId) -> Person:
        """The person with his role as of now; whom users does not know may do nothing.

        Raises Unanswered or RemoteRefusal when users cannot tell.
        """
        if user_id <= 0:
            return _stranger(user_id)
        try:
            reply = await self._role(GetRoleRequest(user_id=user_id))
        except RemoteRefusal as refusal:
            if refusal.kind is not Kind.NOT_FOUND:
                raise
            return _stranger(user_id)
        return _person(user_id, reply)

    async def ask_all(self, user_ids: Iterable[UserId]) -> Mapping[UserId, Person | Exception]:
        """Each of them as `ask` tells him, or why users cannot tell.

        Raises Unanswered or RemoteRefusal when users can tell of nobody.
        """
        wanted = dict.fromkeys(user_ids)
        told: dict[UserId, Person | Exception] = {id_: _stranger(id_) for id_ in wanted if id_ <= 0}
        known = [id_ for id_ in wanted if id_ > 0]
        if known:
            asked = BatchGetRolesRequest()
            for id_ in known:
                asked.items.add().request.user_id = id_
            reply = await self._batch(asked)
            if len(reply.items) != len(known):
                raise Unanswered(f"users told of {len(reply.items)} of {len(known)}")
            told.update(
                (id_, _told(id_, item)) for id_, item in zip(known, reply.items, strict=True)
            )
        return told


def _told(user_id: UserId, item: Any) -> Person | Exception:
    if item.WhichOneof("outcome") == "response":
        return _person(user_id, item.response)
    error = item.error
    if error.status == Kind.NOT_FOUND:
        return _stranger(user_id)
    if error.status in set(Kind):
        return RemoteRefusal(Kind(error.status), error.reason, dict(error.details), error.message)
    return Unanswered(f"users cannot tell: {error.message}")


def _person(user_id: UserId, reply: GetRoleResponse) -> Person:
    return Person(id=user_id, role=_role(reply.role), registered=reply.registered)


def _role(number: int) -> Role:
    """A role that is newer than this code gives no rights here."""
    return Role(number) if number in _ROLES else Role.PLAYER


def _stranger(user_id: UserId) -> Person:
    return Person(id=user_id, role=Role.PLAYER, registered=False)
