"""What `make run` is told by the environment or by .env; the rest is handed on as it is."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from services.chassis.settings import Settings


class LocalSettings(Settings):
    """The choices that decide what is started."""

    bot_token: SecretStr = SecretStr("")
    """Empty: a local Telegram is served. Else the real bot of this token, by polling."""

    telegram_api_url: str = Field(default="https://api.telegram.org", pattern=r"^https?://\S+$")
    """Where the real bot is, when a token is given."""

    local_data: str = ".local"
    """The folder that is kept between runs."""

    local_ports: Literal["known", "free"] = "known"
    """"free": on ports nobody uses, so that it can run beside another one."""

    @property
    def token(self) -> str | None:
        """The real bot's token, if there is one."""
        return self.bot_token.get_secret_value() or None

    @property
    def data(self) -> Path:
        """The kept folder as a path."""
        return Path(self.local_data)
