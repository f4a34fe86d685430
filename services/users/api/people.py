"""Calls about people by whoever knows them: the gateway, the sender, the other services."""

from fotbot.users.v1 import users_service_pb2 as wire

from services.users.api.desk import Context, Desk
from services.users.domain import profile
from services.users.domain.limits import page_size, page_start, telegram_id, user_ids
from services.users.messages import person_message, recipient_message

REACHABLE_PAGE = 100
REACHABLE_PAGE_MOST = 1000


class PeopleCalls(Desk):
    """SetReachable is safe to repeat as it is."""

    async def ListPeople(
        self, request: wire.ListPeopleRequest, context: Context
    ) -> wire.ListPeopleResponse:
        found = await self.reads.by_ids(user_ids(request.user_ids))
        return wire.ListPeopleResponse(people=[person_message(one, self.admins) for one in found])

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
