"""What a person does with his own profile, each write once per request id."""

from fotbot.users.v1 import users_service_pb2 as wire

from services.chassis.db import WriteTransaction
from services.users.api.desk import Context, Desk
from services.users.domain import profile
from services.users.domain.limits import user_id
from services.users.domain.user import TelegramId
from services.users.messages import details_from, language_from, topic_from, user_message


class ProfileCalls(Desk):
    """The actor is the person himself."""

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

    async def EditProfile(
        self, request: wire.EditProfileRequest, context: Context
    ) -> wire.EditProfileResponse:
        async def work(transaction: WriteTransaction) -> wire.EditProfileResponse:
            actor = user_id(request.write.actor_id)
            user = await profile.edit(self.people(transaction), actor, details_from(request))
            return wire.EditProfileResponse(user=user_message(user, self.admins))

        return await self.once(request.write, request, wire.EditProfileResponse, work)

    async def MuteTopic(
        self, request: wire.MuteTopicRequest, context: Context
    ) -> wire.MuteTopicResponse:
        async def work(transaction: WriteTransaction) -> wire.MuteTopicResponse:
            user = await profile.mute(
                self.people(transaction),
                user_id(request.write.actor_id),
                topic_from(request.topic),
                request.muted,
            )
            return wire.MuteTopicResponse(user=user_message(user, self.admins))

        return await self.once(request.write, request, wire.MuteTopicResponse, work)
