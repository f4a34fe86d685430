"""What people do with their own profiles, each write once per request id: what is done, and how a
turn's writes share a transaction. Who shares a turn is decided in `turns`."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias

from fotbot.users.v1 import users_service_pb2 as wire

from services.chassis.batches import attempted
from services.chassis.db import Database, WriteTransaction
from services.chassis.once_together import Work, Worked
from services.chassis.store_errors import StoreBusy
from services.users.api.turns import Turns
from services.users.domain import profile
from services.users.domain.crowds import Crowd, PhoneTaken, Profiles
from services.users.domain.limits import user_id
from services.users.domain.phones import e164
from services.users.domain.refusals import PhoneInvalid
from services.users.domain.user import Admins, TelegramId, User, UserId
from services.users.messages import details_from, language_from, topic_from, user_message

# A phone that is taken between the look and the write is rare; again and again it is an attack.
TRIES = 3

CrowdOf = Callable[[WriteTransaction], Crowd]
Step: TypeAlias = Callable[[Profiles, UserId, Any], Awaitable[User]]


class Steps:
    """Takes the requests of STEPS."""

    def __init__(self, database: Database, crowd_of: CrowdOf, admins: Admins) -> None:
        self._crowd_of = crowd_of
        self._admins = admins
        self._turns = {
            request: Turns(database, request, answer, self._work_of)
            for request, (answer, _) in STEPS.items()
        }

    async def __call__(self, request: Any) -> Any:
        """The answer. Raises what the domain refuses, StoreBusy, TooManyWait."""
        return await self._turns[type(request)](request)

    def _work_of(self, requests: Sequence[Any]) -> Work:
        async def work(transaction: WriteTransaction, mine: Sequence[int]) -> Worked:
            for _ in range(TRIES):
                try:
                    async with transaction.savepoint():
                        return await self._made(transaction, [requests[place] for place in mine])
                except PhoneTaken:
                    continue
            raise StoreBusy("a phone changes hands too fast")

        return work

    async def _made(self, transaction: WriteTransaction, requests: Sequence[Any]) -> Worked:
        crowd = self._crowd_of(transaction)
        await crowd.gather([_actor(request) for request in requests], _phones(requests))
        made = [await attempted(self._one(crowd, request)) for request in requests]
        await crowd.settle()
        return Worked(made)

    async def _one(self, crowd: Crowd, request: Any) -> Any:
        answer, step = STEPS[type(request)]
        user = await step(crowd, user_id(_actor(request)), request)
        return answer(user=user_message(user, self._admins))


def _actor(request: Any) -> UserId:
    return UserId(request.write.actor_id)


def _phones(requests: Sequence[Any]) -> Sequence[str]:
    """Those that may be wanted; who tells none hears it in his turn."""
    found = []
    for request in requests:
        if isinstance(request, wire.SetPhoneRequest):
            try:
                found.append(e164(request.phone))
            except PhoneInvalid:
                continue
    return found


async def _language(people: Profiles, actor: UserId, request: wire.SetLanguageRequest) -> User:
    return await profile.set_language(people, actor, language_from(request.language))


async def _name(people: Profiles, actor: UserId, request: wire.SetNameRequest) -> User:
    return await profile.set_name(people, actor, request.name)


async def _phone(people: Profiles, actor: UserId, request: wire.SetPhoneRequest) -> User:
    contact = TelegramId(request.contact_telegram_id)
    return await profile.set_phone(people, actor, request.phone, contact)


async def _details(people: Profiles, actor: UserId, request: wire.EditProfileRequest) -> User:
    return await profile.edit(people, actor, details_from(request))


async def _topic(people: Profiles, actor: UserId, request: wire.MuteTopicRequest) -> User:
    return await profile.mute(people, actor, topic_from(request.topic), request.muted)


STEPS: Mapping[Any, tuple[Any, Step]] = {
    wire.SetLanguageRequest: (wire.SetLanguageResponse, _language),
    wire.SetNameRequest: (wire.SetNameResponse, _name),
    wire.SetPhoneRequest: (wire.SetPhoneResponse, _phone),
    wire.EditProfileRequest: (wire.EditProfileResponse, _details),
    wire.MuteTopicRequest: (wire.MuteTopicResponse, _topic),
}
"""By request: what answers it, and what is done."""
