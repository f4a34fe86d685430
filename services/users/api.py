"""fotbot.users.v1 over gRPC: translates between messages and the domain, decides nothing.

Every write runs once per request id; EnsureUser and SetReachable are safe to repeat as they are.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fotbot.users.v1 import users_service_pb2 as wire
from fotbot.users.v1.users_service_pb2_grpc import UsersServiceServicer
from grpc.aio import ServicerContext

from services.chassis import logs
from services.chassis.db import Database, WriteTransaction
from services.chassis.once import Once
from services.users.domain import profile, roles
from services.users.domain.languages import guessed_language
from services.users.domain.limits import page_size, telegram_id, user_id, user_ids
from services.users.domain.ports import People, PeopleReads
from services.users.domain.refusals import NotAllowed, UserNotFound
from services.users.domain.user import Admins, Language, TelegramId, User
from services.users.messages import (
    ROLES,
    language_from,
    person_message,
    recipient_message,
    user_message,
)

log = logs.logger(__name__)
Context = ServicerContext[object, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class UsersServicer(UsersServiceServicer):
    """The service over its stores; `people` binds one to a transaction."""

    database: Database
    once: Once
    people: Callable[[WriteTransaction], People]
    reads: PeopleReads
    admins: Admins
    default_language: Language

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

    async def FindPeople(
        self, request: wire.FindPeopleRequest, context: Context
    ) -> wire.FindPeopleResponse:
        limit = page_size(request.page_size)
        await self._require_admin(request.actor_id)
        found = await self.reads.by_name(request.name_prefix, limit)
        return wire.FindPeopleResponse(people=[person_message(one, self.admins) for one in found])

    async def ListOrganisers(
        self, request: wire.ListOrganisersRequest, context: Context
    ) -> wire.ListOrganisersResponse:
        await self._require_admin(request.actor_id)
        found = await self.reads.organisers(self.admins)
        people = [person_message(one, self.admins) for one in found]
        return wire.ListOrganisersResponse(people=people)

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

    async def SetLanguage(
        self, request: wire.SetLanguageRequest, context: Context
    ) -> wire.SetLanguageResponse:
        async def work(transaction: WriteTransaction) -> wire.SetLanguageResponse:
            user = await profile.set_language(
                self.people(transaction),
                user_id(request.write.actor_id),
                language_from(request.language),
            )
            return wire.SetLanguageResponse(user=user_message(user, self.admins))

        return await self.once(request.write, request, wire.SetLanguageResponse, work)

    async def SetName(self, request: wire.SetNameRequest, context: Context) -> wire.SetNameResponse:
        async def work(transaction: WriteTransaction) -> wire.SetNameResponse:
            actor = user_id(request.write.actor_id)
            user = await profile.set_name(self.people(transaction), actor, request.name)
            return wire.SetNameResponse(user=user_message(user, self.admins))

        return await self.once(request.write, request, wire.SetNameResponse, work)

    async def SetPhone(
        self, request: wire.SetPhoneRequest, context: Context
    ) -> wire.SetPhoneResponse:
        async def work(transaction: WriteTransaction) -> wire.SetPhoneResponse:
            user = await profile.set_phone(
                self.people(transaction),
                user_id(request.write.actor_id),
                request.phone,
                TelegramId(request.contact_telegram_id),
            )
            return wire.SetPhoneResponse(user=user_message(user, self.admins))

        return await self.once(request.write, request, wire.SetPhoneResponse, work)

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

    async def SetReachable(
        self, request: wire.SetReachableRequest, context: Context
    ) -> wire.SetReachableResponse:
        account = telegram_id(request.telegram_id)
        async with self.database.write() as transaction:
            people = self.people(transaction)
            known = await profile.set_reachable(people, account, request.reachable)
        return wire.SetReachableResponse(known=known)

    async def _require_admin(self, actor_id: int) -> None:
        with _told_when_refused(actor_id):
            roles.require_admin(await self.reads.by_id_now(user_id(actor_id)), self.admins)

    async def _change_role(
        self,
        change: roles.Change,
        transaction: WriteTransaction,
        request: wire.AppointOrganiserRequest | wire.RemoveOrganiserRequest,
    ) -> User:
        with _told_when_refused(request.write.actor_id):
            return await change(
                self.people(transaction),
                self.admins,
                user_id(request.write.actor_id),
                user_id(request.user_id),
            )


@contextmanager
def _told_when_refused(actor_id: int) -> Iterator[None]:
    """Who tries what only admins may is in the log: a refusal leaves no row behind."""
    try:
        yield
    except NotAllowed:
        log.warning("an act of admins was refused", actor_id=actor_id)
        raise
