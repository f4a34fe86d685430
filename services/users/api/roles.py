"""What admins do: who organises, and who did what."""

from fotbot.users.v1 import users_service_pb2 as wire

from services.chassis.db import WriteTransaction
from services.users.api.desk import Context, Desk, told_when_refused
from services.users.domain import roles
from services.users.domain.limits import page_size, page_start, user_id
from services.users.domain.user import User
from services.users.messages import audit_message, person_message

AUDIT_PAGE = 20
AUDIT_PAGE_MOST = 50


class RolesCalls(Desk):
    """Refused to everybody else."""

    async def FindPeople(
        self, request: wire.FindPeopleRequest, context: Context
    ) -> wire.FindPeopleResponse:
        limit = page_size(request.page_size)
        await self.require_admin(request.actor_id)
        found = await self.reads.by_name(request.name_prefix, limit)
        return wire.FindPeopleResponse(people=[person_message(one, self.admins) for one in found])

    async def ListOrganisers(
        self, request: wire.ListOrganisersRequest, context: Context
    ) -> wire.ListOrganisersResponse:
        await self.require_admin(request.actor_id)
        found = await self.reads.organisers(self.admins)
        people = [person_message(one, self.admins) for one in found]
        return wire.ListOrganisersResponse(people=people)

    async def AppointOrganiser(
        self, request: wire.AppointOrganiserRequest, context: Context
    ) -> wire.AppointOrganiserResponse:
        async def work(transaction: WriteTransaction) -> wire.AppointOrganiserResponse:
            user = await self._change_role(roles.appoint_organiser, transaction, request)
            return wire.AppointOrganiserResponse(person=person_message(user, self.admins))

        return await self.once(request.write, request, wire.AppointOrganiserResponse, work)

    async def RemoveOrganiser(
        self, request: wire.RemoveOrganiserRequest, context: Context
    ) -> wire.RemoveOrganiserResponse:
        async def work(transaction: WriteTransaction) -> wire.RemoveOrganiserResponse:
            user = await self._change_role(roles.remove_organiser, transaction, request)
            return wire.RemoveOrganiserResponse(person=person_message(user, self.admins))

        return await self.once(request.write, request, wire.RemoveOrganiserResponse, work)

    async def ListAudit(
        self, request: wire.ListAuditRequest, context: Context
    ) -> wire.ListAuditResponse:
        limit = page_size(request.page_size, usual=AUDIT_PAGE, most=AUDIT_PAGE_MOST)
        before = page_start(request.before_id)
        await self.require_admin(request.actor_id)
        entries = await self.records.audit(limit, before)
        return wire.ListAuditResponse(entries=map(audit_message, entries))

    async def _change_role(
        self,
        change: roles.Change,
        transaction: WriteTransaction,
        request: wire.AppointOrganiserRequest | wire.RemoveOrganiserRequest,
    ) -> User:
        with told_when_refused(request.write.actor_id):
            return await change(
                self.people(transaction),
                self.admins,
                user_id(request.write.actor_id),
                user_id(request.user_id),
            )
