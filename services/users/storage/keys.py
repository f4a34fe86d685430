"""What users keeps in the cache: a person by his Telegram id."""

from services.chassis.cache import Cache
from services.users.domain.user import TelegramId


def user_key(cache: Cache, telegram_id: TelegramId) -> str:
    """The key of a person's cached value."""
    return cache.key("user", version=3, identity=telegram_id)
