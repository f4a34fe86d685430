"""The bot's token, read again when its file changes: BotFather may make a new one for the same bot.
Another bot's is not taken, since all that is kept is of this one."""

from services.chassis import logs
from services.chassis.secret_files import POLL_SECONDS, Contents, SecretFiles
from services.gateway.sender.settings import SenderSettings, token_of
from services.gateway.sender.telegram import BotApi

FIELD = "bot_token"

log = logs.logger(__name__)


async def follow_token(
    settings: SenderSettings, telegram: BotApi, every: float = POLL_SECONDS
) -> None:
    """For ever: call Telegram with the token that the file holds."""
    path = settings.file_of(FIELD)
    before = settings.bot_token.get_secret_value().partition(":")[0]

    def changed(contents: Contents) -> None:
        token = token_of((contents[FIELD] or b"").decode().rstrip("\r\n"))
        logs.hide(token.get_secret_value())
        if token.get_secret_value().partition(":")[0] != before:
            raise ValueError("the new token is another bot's")
        telegram.use(token)
        log.info("the bot's token has changed")

    await SecretFiles({FIELD: path} if path else {}).follow(changed, every)
