"""Who somebody is and what he may do: asked at every update, so a crowd is answered together.

A single call is a batch of one. An item's bad id is that item's alone.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from fotbot.users.v1 import users_service_pb2 as wire
from google.protobuf.message import DecodeError

from services.chassis.batches import Outcome, answered
from services.chassis.consistency import Position
from services.chassis.store_errors import StoreUnavailable
from services.users.api.desk import Context, Desk
from services.users.domain import profile
from services.users.domain.languages import guessed_language
from services.users.domain.limits import telegram_id, user_id
from services.users.domain.refusals import IdInvalid, UserNotFound
from services.users.domain.user import Admins, Language, Role, TelegramId, User, UserId
from services.users.messages import ROLES, user_message


class IdentityCalls(Desk):
    """Safe to repeat as they are."""

    async def EnsureUser(
        self, request: wire.EnsureUserRequest, context: Context
    ) -> wire.EnsureUserResponse:
        account = telegram_id(request.telegram_id)
        return (await self._people({account: request.language_code}, {account: 0}))[account]

    async def BatchEnsureUsers(
        self, request: wire.BatchEnsureUsersRequest, context: Context
    ) -> wire.BatchEnsureUsersResponse:
        response = wire.BatchEnsureUsersResponse()
        return await answered(request, response, self._ensured)  # type: ignore[no-any-return]

    async def GetRole(self, request: wire.GetRoleRequest, context: Context) -> wire.GetRoleResponse:
        number = user_id(request.user_id)
        found = await self._standings([number])
        if number not in found:
            raise UserNotFound("nobody has this id")
        return found[number]

    async def BatchGetRoles(
        self, request: wire.BatchGetRolesRequest, context: Context
    ) -> wire.BatchGetRolesResponse:
        response = wire.BatchGetRolesResponse()
        return await answered(request, response, self._roles)  # type: ignore[no-any-return]

    async def _ensured(
        self, items: Sequence[wire.BatchEnsureUsersRequestItem]
    ) -> Sequence[Outcome]:
        """Who has changed something of late sees it: no copy from before serves him."""
        codes: dict[TelegramId, str] = {}
        since: dict[TelegramId, Position] = {}
        found: dict[Any, Any] = {}
        numbers = []
        for item in items:
            number = item.request.telegram_id
            numbers.append(number)
            try:
                account = telegram_id(number)
            except IdInvalid as refusal:
                found[number] = refusal
                continue
            codes.setdefault(account, item.request.language_code)
            since[account] = max(item.context.position, since.get(account, 0))
        if codes:
            found.update(await self._people(codes, since))
        gone = StoreUnavailable("the account is changing hands")
        return [found.get(number, gone) for number in numbers]

    async def _people(
        self, codes: Mapping[TelegramId, str], since: Mapping[TelegramId, Position]
    ) -> dict[TelegramId, wire.EnsureUserResponse]:
        """Everybody as of their positions, with Telegram's language codes for those who are new."""
        packed = await self.reads.known(since)
        found = {account: one for account, value in packed.items() if (one := self._read(value))}
        strangers = {
            account: guessed_language(code, self.default_language)
            for account, code in codes.items()
            if account not in found
        }
        if strangers:
            found |= await self._met(strangers)
        return found

    async def _met(
        self, strangers: Mapping[TelegramId, Language]
    ) -> dict[TelegramId, wire.EnsureUserResponse]:
        async with self.database.write() as transaction:
            met = await profile.meet(self.people(transaction), strangers)
        return {
            user.telegram_id: wire.EnsureUserResponse(user=user_message(user, self.admins))
            for user in met
            if user.telegram_id is not None
        }

    def _read(self, packed: bytes) -> wire.EnsureUserResponse | None:
        """None for what an odd release has left in the cache."""
        try:
            response = wire.EnsureUserResponse.FromString(packed)
        except DecodeError:
            return None
        if response.user.telegram_id in self.admins:
            response.user.role = ROLES[Role.ADMIN]
        return response

    async def _roles(self, items: Sequence[wire.BatchGetRolesRequestItem]) -> Sequence[Outcome]:
        numbers = [item.request.user_id for item in items]
        found: dict[Any, Any] = {}
        valid: list[UserId] = []
        for number in dict.fromkeys(numbers):
            try:
                valid.append(user_id(number))
            except IdInvalid as refusal:
                found[number] = refusal
        if valid:
            found.update(await self._standings(valid))
        nobody = UserNotFound("nobody has this id")
        return [found.get(number, nobody) for number in numbers]

    async def _standings(self, numbers: Sequence[UserId]) -> dict[UserId, wire.GetRoleResponse]:
        found = await self.reads.standings_now(numbers, self.admins)
        return {
            number: _role_message(standing.role, standing.is_registered)
            for number, standing in found.items()
        }


def packed(user: User, admins: Admins) -> bytes:
    """The person as he is cached, for whoever reads it (chassis/known_person.py): as he would be
    answered."""
    return wire.EnsureUserResponse(user=user_message(user, admins)).SerializeToString()


@cache
def _role_message(role: Role, is_registered: bool) -> wire.GetRoleResponse:
    return wire.GetRoleResponse(role=ROLES[role], registered=is_registered)
