"""What the gateway is told by its environment. It is given no bot token."""

import re
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from services.chassis.setting_groups import CacheSettings, OpsSettings

SECRET_SHAPE = re.compile(r"[A-Za-z0-9_-]{1,256}")
DEFAULT_PATH = "/telegram/webhook"


class GatewaySettings(CacheSettings, OpsSettings):
    """Everything the gateway needs."""

    webhook_secret: SecretStr
    """What Telegram sends in X-Telegram-Bot-Api-Secret-Token. No default, never empty."""

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

    @field_validator("webhook_secret", "webhook_secret_previous")
    @classmethod
    def _is_a_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not SECRET_SHAPE.fullmatch(value.get_secret_value()):
            raise ValueError("is not 1-256 characters of A-Z a-z 0-9 _ -")
        return value

    @property
    def webhook_path(self) -> str:
        """The path that Telegram calls."""
        return DEFAULT_PATH if self.webhook_url is None else urlsplit(self.webhook_url).path or "/"

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """The secrets that are honoured now."""
        given = (self.webhook_secret, self.webhook_secret_previous)
        return tuple(secret.get_secret_value().encode() for secret in given if secret)
