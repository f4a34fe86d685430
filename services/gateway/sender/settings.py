"""What the sender is told by its environment."""

import re
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, field_validator

from services.chassis.setting_groups import CacheSettings, GrpcSettings, OpsSettings, StoreSettings

TOKEN_SHAPE = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")


def token_of(text: str) -> SecretStr:
    """Raises ValueError for what is no token."""
    if not TOKEN_SHAPE.fullmatch(text):
        raise ValueError("is not of the form 123456:ABC-def")
    return SecretStr(text)


class SenderSettings(StoreSettings, CacheSettings, GrpcSettings, OpsSettings):
    """Everything the sender needs; it alone is given the bot's token."""

    bot_token: SecretStr
    """BotFather's token: digits, a colon, the secret."""

    telegram_api_url: str = Field(default="https://api.telegram.org", pattern=r"^https?://\S+$")
    """The public Bot API, a self-hosted server, or the local Telegram."""

    users_addr: str = Field(min_length=1)
    """gRPC target of users: where notices reach people, and in which language."""

    send_rate_max: int = Field(default=25, ge=0, le=1000)
    """Messages per second of the whole bot, all replicas together; 0 lifts it."""

    send_chat_rate_max: int = Field(default=1, ge=0, le=1000)
    """The same in one chat. 0 lifts it: for a Bot API of one's own, where Telegram's 429 is not to
    be feared."""

    timezone: str = "Asia/Tashkent"
    """IANA zone of the league: whose night is respected for notices that name no zone."""

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError("no such IANA time zone")
        return name

    @field_validator("bot_token")
    @classmethod
    def _looks_like_a_token(cls, value: SecretStr) -> SecretStr:
        return token_of(value.get_secret_value())

    @property
    def bot_id(self) -> int:
        """The bot's Telegram id, which its token begins with."""
        return int(self.bot_token.get_secret_value().partition(":")[0])
