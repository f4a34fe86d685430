"""Meeting one person, for tests of what follows."""

from services.users.domain import profile
from services.users.domain.ports import People
from services.users.domain.user import Language, TelegramId, User


async def met(people: People, account: TelegramId, language: Language) -> User:
    """The person behind an account, made at first sight."""
    (user,) = await profile.meet(people, {account: language})
    return user
