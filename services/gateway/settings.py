"""What the gateway is told by its environment. It is given no bot token."""

import re
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from services.chassis.setting_groups import CacheSettings, OpsSettings

SECRET_SHAPE = re.compile(r"[A-Za-z0-9_-]{1,256}")
SHORTEST_SECRET = 32
"""Characters: nobody finds out so long a one by trying. The previous one may be shorter."""

DEFAULT_PATH = "/telegram/webhook"


class GatewaySettings(CacheSettings, OpsSettings):
    """Everything the gateway needs."""

    webhook_secret: SecretStr
    """What Telegram sends in X-Telegram-Bot-Api-Secret-Token, 32-256 of A-Z a-z 0-9 _ -. No
    default. Read again when its file changes, as is the one below."""

    webhook_secret_previous: SecretStr | None = None
    """The secret before this one, honoured while it is being changed."""

    webhook_url: str | None = Field(default=None, pattern=r"^https?://\S+$")
    """The full address Telegram calls. Only its path matters here; /telegram/webhook if unset."""

    webhook_max_connections: int = Field(default=40, ge=1, le=100)
    """As given to setWebhook. Half of it is how many updates may be held back at a time."""

    users_addr: str = Field(min_length=1)
    """gRPC target of users."""

    sessions_addr: str = Field(min_length=1)
    """gRPC target of sessions."""

    teams_addr: str = Field(min_length=1)
    """gRPC target of teams."""

    sender_addr: str = Field(min_length=1)
    """gRPC target of the sender."""

    rate_limit_max: int = Field(default=30, ge=1, le=10_000)
    """Updates that one person may send in a window."""

    rate_limit_window: int = Field(default=60_000, ge=100, le=3_600_000)
    """The window's length in milliseconds."""

    default_language: str = Field(default="uz", pattern=r"^(uz|ru|en)$")
    """For people of whom not even Telegram's client language is known."""

    http_port: int = Field(default=8080, ge=0, le=65535)
    """Port of the webhook; 0 lets the system choose."""

    @field_validator("webhook_secret")
    @classmethod
    def _is_a_secret(cls, value: SecretStr) -> SecretStr:
        return SecretStr(current_secret(value.get_secret_value()))

    @field_validator("webhook_secret_previous")
    @classmethod
    def _was_a_secret(cls, value: SecretStr | None) -> SecretStr | None:
        return None if value is None else SecretStr(previous_secret(value.get_secret_value()))

    @property
    def webhook_path(self) -> str:
        """The path that Telegram calls."""
        return DEFAULT_PATH if self.webhook_url is None else urlsplit(self.webhook_url).path or "/"

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """The secrets that are honoured now."""
        given = (self.webhook_secret, self.webhook_secret_previous)
        return tuple(secret.get_secret_value().encode() for secret in given if secret)


def current_secret(text: str) -> str:
    """Raises ValueError for what Telegram does not take, and for what is too easy to find out."""
    if len(previous_secret(text)) < SHORTEST_SECRET:
        raise ValueError(f"has {len(text)} characters, fewer than {SHORTEST_SECRET}")
    return text


def previous_secret(text: str) -> str:
    """Raises ValueError for what Telegram does not take."""
    if not SECRET_SHAPE.fullmatch(text):
        raise ValueError("is not 1-256 characters of A-Z a-z 0-9 _ -")
    return text
