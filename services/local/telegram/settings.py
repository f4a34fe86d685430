"""The local Telegram's settings; the names are the whole system's (see .env.example)."""

from pydantic import Field, SecretStr, field_validator

from services.chassis.settings import Settings


class TelegramSettings(Settings):
    local_telegram_port: int = 8081
    """Where the Bot API and the chat page listen, on the loopback interface only."""

    local_telegram_data: str
    """The SQLite file that keeps everything. No default: a guess would lose people's chats."""

    local_telegram_limits: bool = True
    """Whether Telegram's sending limits hold; "off" lifts all of them."""

    bot_token: SecretStr
    """The local bot's token. Its digits before the colon are the bot's id."""

    webhook_url: str | None = None
    """Set as the webhook at every start. Unset: the bot may call setWebhook, or the last holds."""

    webhook_secret: SecretStr = SecretStr("")
    """What the bot expects in the secret header."""

    webhook_max_connections: int = Field(default=40, ge=1, le=100)
    """How many updates are under way at once, 1-100."""

    admin_tg_ids: str = ""
    """The first id is the organiser's on the chat page. Empty: 1001."""

    @field_validator("bot_token")
    @classmethod
    def _has_an_id(cls, token: SecretStr) -> SecretStr:
        if not token.get_secret_value().partition(":")[0].isdecimal():
            raise ValueError('A token reads "<digits>:<secret>"')
        return token

    @field_validator("admin_tg_ids")
    @classmethod
    def _are_ids(cls, ids: str) -> str:
        if not all(map(str.isdecimal, ids.replace(",", " ").split())):
            raise ValueError("Telegram ids are numbers, separated by commas")
        return ids

    @property
    def organiser(self) -> int:
        first = self.admin_tg_ids.replace(",", " ").split()
        return int(first[0]) if first else 1001
