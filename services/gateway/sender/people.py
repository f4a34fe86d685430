"""What the sender asks of users: where notices reach people, and in which language."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from fotbot.common.v1.language_pb2 import LANGUAGE_EN, LANGUAGE_RU, LANGUAGE_UZ
from fotbot.common.v1.topic_pb2 import Topic
from fotbot.users.v1.users_service_pb2 import (
    ListPeopleRequest,
    ListRecipientsRequest,
    SetReachableRequest,
)

from services.chassis.deadline import budget

if TYPE_CHECKING:  # The stub's asynchronous type exists for the type checker only.
    from fotbot.users.v1.users_service_pb2_grpc import UsersServiceAsyncStub

ASK_SECONDS = 3.0
LANGUAGES = {LANGUAGE_UZ: "uz", LANGUAGE_RU: "ru", LANGUAGE_EN: "en"}
# Anything else is a language newer than this sender: the catalogues choose their default.
UNKNOWN_LANGUAGE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A person as notices reach him: his private chat's id is his Telegram id."""

    chat_id: int
    language: str
    reachable: bool
    muted: "frozenset[Topic.ValueType]" = frozenset()


class People(Protocol):
    """Raises RemoteRefusal or Unanswered when users cannot say."""

    async def recipients(self, user_ids: Sequence[int]) -> Mapping[int, Recipient]:
        """By user id; people whom users does not know are left out."""

    async def names(self, user_ids: Collection[int]) -> Mapping[int, str]:
        """What people are called, at most 100; who is not known or has no name is left out."""

    async def is_unreachable(self, chat_id: int) -> None:
        """Telegram does not let the bot write to this person."""


class RemotePeople:
    """People, asked over gRPC."""

    def __init__(self, users: "UsersServiceAsyncStub") -> None:
        self._users = users

    async def recipients(self, user_ids: Sequence[int]) -> Mapping[int, Recipient]:
        """See People."""
        with budget(ASK_SECONDS):
            reply = await self._users.ListRecipients(ListRecipientsRequest(user_ids=user_ids))
        return {
            found.user_id: Recipient(
                chat_id=found.telegram_id,
                language=LANGUAGES.get(found.language, UNKNOWN_LANGUAGE),
                reachable=found.reachable,
                muted=frozenset(found.muted_topics),
            )
            for found in reply.recipients
        }

    async def names(self, user_ids: Collection[int]) -> Mapping[int, str]:
        """See People."""
        if not user_ids:
            return {}
        with budget(ASK_SECONDS):
            reply = await self._users.ListPeople(ListPeopleRequest(user_ids=user_ids))
        return {person.id: person.name for person in reply.people if person.name}

    async def is_unreachable(self, chat_id: int) -> None:
        """See People."""
        with budget(ASK_SECONDS):
            await self._users.SetReachable(
                SetReachableRequest(telegram_id=chat_id, reachable=False)
            )
