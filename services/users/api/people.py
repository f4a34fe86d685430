"""Calls about people by whoever knows them: the gateway, the sender, the other services."""

from fotbot.users.v1 import users_service_pb2 as wire

from services.users.api.desk import Context, Desk
from services.users.domain import profile
from services.users.domain.languages import guessed_language
from services.users.domain.limits import page_size, page_start, telegram_id, user_id, user_ids
from services.users.domain.refusals import UserNotFound
from services.users.messages import ROLES, person_message, recipient_message, user_message

REACHABLE_PAGE = 100
REACHABLE_PAGE_MOST = 1000


class PeopleCalls(Desk):
    """EnsureUser and SetReachable are safe to repeat as they are."""

    async def EnsureUser(
        self, request: wire.EnsureUserRequest, context: Context
    ) -> wire.EnsureUserResponse:
        account = telegram_id(request.telegram_id)
        user = await self.reads.by_telegram_id(account)
        if user is None:
            language = guessed_language(request.language_code, self.default_language)
            async with self.database.write() as transaction:
                user = await profile.meet(self.people(transaction), account, language)
        return wire.EnsureUserResponse(user=user_message(user, self.admins))

    async def ListPeople(
        self, request: wire.ListPeopleRequest, context: Context
    ) -> wire.ListPeopleResponse:
        found = await self.reads.by_ids(user_ids(request.user_ids))
        return wire.ListPeopleResponse(people=[person_message(one, self.admins) for one in found])

    async def GetRole(self, request: wire.GetRoleRequest, context: Context) -> wire.GetRoleResponse:
        user = await self.reads.by_id_now(user_id(request.user_id))
        if user is None:
            raise UserNotFound("nobody has this id")
        role = ROLES[user.role(self.admins)]
        return wire.GetRoleResponse(role=role, registered=user.is_registered)

    async def ListRecipients(
        self, request: wire.ListRecipientsRequest, context: Context
    ) -> wire.ListRecipientsResponse:
        found = await self.reads.by_ids(user_ids(request.user_ids))
        return wire.ListRecipientsResponse(recipients=map(recipient_message, found))

    async def SetReachable(
        self, request: wire.SetReachableRequest, context: Context
    ) -> wire.SetReachableResponse:
        account = telegram_id(request.telegram_id)
        async with self.database.write() as transaction:
            people = self.people(transaction)
            known = await profile.set_reachable(people, account, request.reachable)
        return wire.SetReachableResponse(known=known)

    async def ListReachable(
        self, request: wire.ListReachableRequest, context: Context
    ) -> wire.ListReachableResponse:
        limit = page_size(request.page_size, usual=REACHABLE_PAGE, most=REACHABLE_PAGE_MOST)
        ids, total = await self.reads.reachable(page_start(request.after_id), limit)
        return wire.ListReachableResponse(user_ids=ids, total=total)
