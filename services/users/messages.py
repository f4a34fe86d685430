"""The domain's values as messages of fotbot.users.v1, and back."""

from fotbot.common.v1 import language_pb2
from fotbot.users.v1 import user_pb2, users_service_pb2

from services.users.domain.refusals import LanguageInvalid
from services.users.domain.user import Admins, Language, Role, User

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


def language_from(value: language_pb2.Language.ValueType) -> Language:
    """Raises LanguageInvalid for unknown values and the unspecified one."""
    for language, wire in LANGUAGES.items():
        if wire == value:
            return language
    raise LanguageInvalid(f"no language {value}")


def user_message(user: User, admins: Admins) -> user_pb2.User:
    """All there is, the phone included: for the person himself alone."""
    message = user_pb2.User(
        id=user.id,
        telegram_id=user.telegram_id,
        name=user.name,
        language=LANGUAGES[user.language],
        role=ROLES[user.role(admins)],
        phone=user.phone,
        registered=user.is_registered,
        reachable=user.reachable,
        language_chosen=user.language_chosen,
    )
    message.created_at.FromDatetime(user.created_at)
    return message


def person_message(user: User, admins: Admins) -> user_pb2.Person:
    """What others may know."""
    return user_pb2.Person(id=user.id, name=user.name, role=ROLES[user.role(admins)])


def recipient_message(user: User) -> users_service_pb2.Recipient:
    """Where notices go."""
    return users_service_pb2.Recipient(
        user_id=user.id,
        telegram_id=user.telegram_id,
        language=LANGUAGES[user.language],
        reachable=user.reachable,
    )
