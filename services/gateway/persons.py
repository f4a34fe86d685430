"""A person as users tells of him, in the gateway's words."""

from collections.abc import Collection, Mapping

from fotbot.common.v1 import language_pb2, topic_pb2
from fotbot.users.v1 import user_pb2

from services.gateway.calls import Person, Role, TelegramId, UserId

LANGUAGES: Mapping[int, str] = {
    language_pb2.LANGUAGE_UZ: "uz",
    language_pb2.LANGUAGE_RU: "ru",
    language_pb2.LANGUAGE_EN: "en",
}
ROLES: Mapping[int, Role] = {
    user_pb2.ROLE_PLAYER: Role.PLAYER,
    user_pb2.ROLE_ORGANISER: Role.ORGANISER,
    user_pb2.ROLE_ADMIN: Role.ADMIN,
}
POSITIONS: Mapping[str, user_pb2.Position.ValueType] = {
    "goalkeeper": user_pb2.POSITION_GOALKEEPER,
    "defender": user_pb2.POSITION_DEFENDER,
    "midfielder": user_pb2.POSITION_MIDFIELDER,
    "forward": user_pb2.POSITION_FORWARD,
}
TOPICS: Mapping[str, topic_pb2.Topic.ValueType] = {
    "reminders": topic_pb2.TOPIC_REMINDERS,
    "registrations": topic_pb2.TOPIC_REGISTRATIONS,
    "changes": topic_pb2.TOPIC_CHANGES,
    "teams": topic_pb2.TOPIC_TEAMS,
    "broadcasts": topic_pb2.TOPIC_BROADCASTS,
}
_NOTHING_MUTED: frozenset[str] = frozenset()
_POSITIONS: Mapping[int, str] = {wire: name for name, wire in POSITIONS.items()}


def person_from(user: user_pb2.User, language: str) -> Person:
    """The person; `language` is for one whose language is newer than this gateway."""
    return Person(
        user_id=UserId(user.id),
        telegram_id=TelegramId(user.telegram_id),
        name=user.name,
        language=LANGUAGES.get(user.language, language),
        role=ROLES.get(user.role, Role.PLAYER),
        phone=user.phone,
        registered=user.registered,
        language_chosen=user.language_chosen,
        age=user.age,
        position=_POSITIONS.get(user.position, ""),
        shirt_number=user.shirt_number,
        muted=_muted(user.muted_topics) if user.muted_topics else _NOTHING_MUTED,
    )


def _muted(topics: Collection[int]) -> frozenset[str]:
    return frozenset(name for name, wire in TOPICS.items() if wire in topics)
