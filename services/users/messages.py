"""The domain's values as messages of fotbot.users.v1, and back."""

from fotbot.common.v1 import audit_pb2, language_pb2, topic_pb2
from fotbot.users.v1 import user_pb2, users_service_pb2

from services.users.domain.profile import Details
from services.users.domain.records import AuditEntry, WaitingMove
from services.users.domain.refusals import LanguageInvalid, PositionInvalid, TopicInvalid
from services.users.domain.user import Admins, Language, Position, Role, Topic, User

LANGUAGES = {
    Language.UZ: language_pb2.LANGUAGE_UZ,
    Language.RU: language_pb2.LANGUAGE_RU,
    Language.EN: language_pb2.LANGUAGE_EN,
}
ROLES = {
    Role.PLAYER: user_pb2.ROLE_PLAYER,
    Role.ORGANISER: user_pb2.ROLE_ORGANISER,
    Role.ADMIN: user_pb2.ROLE_ADMIN,
}
POSITIONS = {
    Position.UNTOLD: user_pb2.POSITION_UNSPECIFIED,
    Position.GOALKEEPER: user_pb2.POSITION_GOALKEEPER,
    Position.DEFENDER: user_pb2.POSITION_DEFENDER,
    Position.MIDFIELDER: user_pb2.POSITION_MIDFIELDER,
    Position.FORWARD: user_pb2.POSITION_FORWARD,
}
TOPICS = {
    Topic.REMINDERS: topic_pb2.TOPIC_REMINDERS,
    Topic.REGISTRATIONS: topic_pb2.TOPIC_REGISTRATIONS,
    Topic.CHANGES: topic_pb2.TOPIC_CHANGES,
    Topic.TEAMS: topic_pb2.TOPIC_TEAMS,
    Topic.BROADCASTS: topic_pb2.TOPIC_BROADCASTS,
}


def language_from(value: language_pb2.Language.ValueType) -> Language:
    """Raises LanguageInvalid for unknown values and the unspecified one."""
    for language, wire in LANGUAGES.items():
        if wire == value:
            return language
    raise LanguageInvalid(f"no language {value}")


def topic_from(value: topic_pb2.Topic.ValueType) -> Topic:
    """Raises TopicInvalid for unknown values and the unspecified one."""
    for topic, wire in TOPICS.items():
        if wire == value:
            return topic
    raise TopicInvalid(f"no topic {value}")


def details_from(request: users_service_pb2.EditProfileRequest) -> Details:
    """What the request sets. Raises PositionInvalid for unknown values."""
    return Details(
        age=request.age if request.HasField("age") else None,
        position=_position(request.position) if request.HasField("position") else None,
        shirt_number=request.shirt_number if request.HasField("shirt_number") else None,
    )


def _position(value: user_pb2.Position.ValueType) -> Position:
    for position, wire in POSITIONS.items():
        if wire == value:
            return position
    raise PositionInvalid(f"no position {value}")


def user_message(user: User, admins: Admins) -> user_pb2.User:
    """All there is, the phone included: for the person himself alone."""
    message = user_pb2.User(
        id=user.id,
        telegram_id=user.telegram_id or 0,
        name=user.name,
        language=LANGUAGES[user.language],
        role=ROLES[user.role(admins)],
        phone=user.phone,
        registered=user.is_registered,
        reachable=user.reachable,
        language_chosen=user.language_chosen,
        age=user.age,
        position=POSITIONS[user.position],
        shirt_number=user.shirt_number,
        muted_topics=_topics(user),
    )
    # As `FromDatetime` does it, in a tenth of its time: a crowd's messages are made here.
    message.created_at.seconds = int(user.created_at.timestamp() // 1)
    message.created_at.nanos = user.created_at.microsecond * 1000
    return message


def person_message(user: User, admins: Admins) -> user_pb2.Person:
    """What others may know."""
    return user_pb2.Person(
        id=user.id,
        name=user.name,
        role=ROLES[user.role(admins)],
        shirt_number=user.shirt_number,
        position=POSITIONS[user.position],
    )


def recipient_message(user: User) -> users_service_pb2.Recipient:
    """Where notices go."""
    return users_service_pb2.Recipient(
        user_id=user.id,
        telegram_id=user.telegram_id or 0,
        language=LANGUAGES[user.language],
        reachable=user.is_reachable,
        muted_topics=_topics(user),
    )


def move_message(move: WaitingMove, admins: Admins) -> user_pb2.AccountMove:
    """A wish as an admin sees it; the phone is not his to see."""
    message = user_pb2.AccountMove(
        id=move.id, person=person_message(move.person, admins), asked_as=move.asked_as
    )
    message.asked_at.FromDatetime(move.asked_at)
    return message


def audit_message(entry: AuditEntry) -> audit_pb2.AuditEntry:
    """Who did what to whom."""
    message = audit_pb2.AuditEntry(
        id=entry.id,
        actor_id=entry.actor,
        action=entry.action,
        subject_id=entry.subject,
        note=entry.note,
    )
    message.at.FromDatetime(entry.at)
    return message


def _topics(user: User) -> list[topic_pb2.Topic.ValueType]:
    return sorted(TOPICS[topic] for topic in user.muted)
