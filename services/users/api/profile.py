"""What a person does with his own profile; `steps` says how."""

from fotbot.users.v1 import users_service_pb2 as wire

from services.users.api.desk import Context, Desk


class ProfileCalls(Desk):
    """The actor is the person himself."""

    async def SetLanguage(
        self, request: wire.SetLanguageRequest, context: Context
    ) -> wire.SetLanguageResponse:
        return await self.steps(request)  # type: ignore[no-any-return]

    async def SetName(self, request: wire.SetNameRequest, context: Context) -> wire.SetNameResponse:
        return await self.steps(request)  # type: ignore[no-any-return]

    async def SetPhone(
        self, request: wire.SetPhoneRequest, context: Context
    ) -> wire.SetPhoneResponse:
        return await self.steps(request)  # type: ignore[no-any-return]

    async def EditProfile(
        self, request: wire.EditProfileRequest, context: Context
    ) -> wire.EditProfileResponse:
        return await self.steps(request)  # type: ignore[no-any-return]

    async def MuteTopic(
        self, request: wire.MuteTopicRequest, context: Context
    ) -> wire.MuteTopicResponse:
        return await self.steps(request)  # type: ignore[no-any-return]
