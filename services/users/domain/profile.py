"""What a person does with his own profile. Each function is one call in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from services.users.domain.crowds import Profiles
from services.users.domain.names import clean_name
from services.users.domain.phones import e164
from services.users.domain.ports import People
from services.users.domain.refusals import (
    AgeInvalid,
    ContactNotOwn,
    ShirtNumberInvalid,
    UserNotFound,
)
from services.users.domain.user import Language, Position, TelegramId, Topic, User, UserId

AGES = range(5, 100)
SHIRT_NUMBERS = range(1, 26)


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What a person tells of himself besides name and phone. None leaves a detail as it is; 0 and
    UNTOLD take it away."""

    age: int | None = None
    position: Position | None = None
    shirt_number: int | None = None


async def meet(people: People, guesses: Mapping[TelegramId, Language]) -> list[User]:
    """The people behind Telegram accounts, in any order; made at first sight with the language
    guessed."""
    known = await people.by_telegram_ids(tuple(guesses))
    strangers = guesses.keys() - {user.telegram_id for user in known}
    if strangers:
        known += await people.add_all({account: guesses[account] for account in strangers})
    return known


async def set_language(people: Profiles, actor: UserId, language: Language) -> User:
    """The person chooses. Raises UserNotFound."""
    user = await found(people, actor)
    return await _saved(people, replace(user, language=language, language_chosen=True))


async def set_name(people: Profiles, actor: UserId, name: str) -> User:
    """Raises UserNotFound, NameEmpty."""
    user = await found(people, actor)
    return await _saved(people, replace(user, name=clean_name(name)))


async def set_phone(people: Profiles, actor: UserId, phone: str, contact: TelegramId) -> User:
    """Take the phone of a shared contact; `contact` is the Telegram id inside it, 0 for none.

    Raises UserNotFound, ContactNotOwn, PhoneInvalid, PhoneNotAccepted.
    """
    user = await found(people, actor)
    if contact != user.telegram_id:
        raise ContactNotOwn("the contact is not the sender's own")
    return await _saved(people, replace(user, phone=e164(phone)))


async def edit(people: Profiles, actor: UserId, details: Details) -> User:
    """Raises UserNotFound, AgeInvalid, ShirtNumberInvalid."""
    if details.age and details.age not in AGES:
        raise AgeInvalid(f"nobody plays at {details.age}")
    if details.shirt_number and details.shirt_number not in SHIRT_NUMBERS:
        raise ShirtNumberInvalid(f"no shirt has the number {details.shirt_number}")
    user = await found(people, actor)
    edited = replace(
        user,
        age=user.age if details.age is None else details.age,
        position=user.position if details.position is None else details.position,
        shirt_number=user.shirt_number if details.shirt_number is None else details.shirt_number,
    )
    return await _saved(people, edited)


async def mute(people: Profiles, actor: UserId, topic: Topic, muted: bool) -> User:
    """Switch the notices of a topic off or on. Raises UserNotFound."""
    user = await found(people, actor)
    topics = user.muted | {topic} if muted else user.muted - {topic}
    return await _saved(people, replace(user, muted=topics))


async def set_reachable(people: People, telegram_id: TelegramId, reachable: bool) -> bool:
    """Keep whether Telegram delivers to the person; False when nobody has that account."""
    user = await people.by_telegram_id(telegram_id)
    if user is None:
        return False
    if user.reachable != reachable:
        await people.save(replace(user, reachable=reachable))
    return True


async def found(people: Profiles, user_id: UserId) -> User:
    """The person, locked until the commit. Raises UserNotFound."""
    user = await people.lock(user_id)
    if user is None:
        raise UserNotFound("nobody has this id")
    return user


async def _saved(people: Profiles, user: User) -> User:
    await people.save(user)
    return user
