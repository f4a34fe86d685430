"""What the users process reads from its environment."""

from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_settings import NoDecode

from services.chassis.imports import ImportSettings
from services.chassis.setting_groups import (
    CacheSettings,
    GrpcSettings,
    OpsSettings,
    StoreSettings,
)
from services.users.domain.limits import MAX_ID
from services.users.domain.user import Admins, Language, TelegramId


def admins_from(text: str | Admins) -> Admins:
    """Telegram ids separated by commas. Raises ValueError for anything else."""
    if not isinstance(text, str):
        return text  # the default, which is checked too
    return frozenset(_account(part.strip()) for part in text.split(",") if part.strip())


def _account(text: str) -> TelegramId:
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_ID))
    if not is_number or not 0 < int(text) <= MAX_ID:
        raise ValueError(f"{text[:32]!r} is no Telegram id")
    return TelegramId(int(text))


class UsersSettings(OpsSettings, GrpcSettings, StoreSettings, CacheSettings, ImportSettings):
    """The users service."""

    admin_tg_ids: Annotated[frozenset[TelegramId], NoDecode, BeforeValidator(admins_from)] = (
        frozenset()
    )
    """Telegram ids of the admins, comma-separated. Empty: nobody may appoint organisers. From a
    file: read again when it changes, and who is taken off is no admin within two seconds."""

    default_language: Language = Language.UZ
    """For people whose Telegram speaks none of ours: uz, ru or en."""

    cache_ttl: float = Field(default=600.0, gt=0, le=3600)
    """Seconds a person may be served from the cache. Changes leave it at once, unless the cache
    misses them; then this bounds how long a new name takes to show others: whoever made a change
    sees it anyway. Rights are never taken from there."""
