"""What teams asks of users, over gRPC."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from fotbot.users.v1 import users_service_pb2 as wire
from grpc.aio import AioRpcError

from services.chassis import logs
from services.chassis.deadline import budget
from services.chassis.errors import Kind, RemoteRefusal, Unanswered
from services.teams.domain.ports import Profile
from services.teams.domain.team import UserId

if TYPE_CHECKING:
    from fotbot.users.v1.users_service_pb2_grpc import UsersServiceAsyncStub  # in the stubs alone

# What users takes in one call.
MOST_IDS = 100
# Names only adorn a roster, a preferred number can be chosen later: nobody waits longer for them.
PROFILES_SECONDS = 0.5

log = logs.logger(__name__)


class RemotePeople:
    """`domain.ports.People` over users' stub."""

    def __init__(self, users: UsersServiceAsyncStub) -> None:
        self._users = users

    async def is_registered(self, user_id: UserId) -> bool:
        """Whether the person has given a name and a phone, as users knows it now."""
        try:
            answer = await self._users.GetRole(wire.GetRoleRequest(user_id=user_id))
        except RemoteRefusal as refusal:
            if refusal.kind is not Kind.NOT_FOUND:
                raise
            return False
        return answer.registered

    async def profiles(self, user_ids: Iterable[UserId]) -> Mapping[UserId, Profile]:
        """Of those whom users knows; none at all while users does not answer."""
        wanted = sorted(set(user_ids))
        pages = [wanted[start : start + MOST_IDS] for start in range(0, len(wanted), MOST_IDS)]
        try:
            with budget(PROFILES_SECONDS):
                found = await asyncio.gather(*map(self._page, pages))
        except (RemoteRefusal, Unanswered, AioRpcError) as error:
            log.warning("people are without names and numbers", error=str(error))
            return {}
        return {user_id: profile for page in found for user_id, profile in page.items()}

    async def _page(self, user_ids: Sequence[UserId]) -> dict[UserId, Profile]:
        answer = await self._users.ListPeople(wire.ListPeopleRequest(user_ids=user_ids))
        return {
            UserId(person.id): Profile(name=person.name, shirt_number=person.shirt_number)
            for person in answer.people
        }
