"""`python -m services.gateway.sender.webhook set|info|delete [--force]`: where Telegram brings
updates, by hand, for places without the operator. An address that is not ours is left alone unless
forced, and updates that wait are never dropped."""

import asyncio
import os
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from pydantic import Field, SecretStr, field_validator

from services.chassis.settings import Settings, SettingsError, load

CALL_SECONDS = 15.0
SECRET_SHAPE = re.compile(r"[A-Za-z0-9_-]{32,256}")
TOKEN_SHAPE = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
# What the gateway has something to say to; Telegram keeps back all else.
UPDATES = ["callback_query", "edited_message", "message", "my_chat_member"]
USAGE = "usage: python -m services.gateway.sender.webhook set | info | delete [--force]"
Json = dict[str, Any]


class WebhookSettings(Settings):
    """What the command needs; only `set` uses the secret."""

    bot_token: SecretStr
    """BotFather's token: digits, a colon, the secret."""

    telegram_api_url: str = Field(default="https://api.telegram.org", pattern=r"^https?://\S+$")
    """The public Bot API, a self-hosted server, or the local Telegram."""

    webhook_url: str | None = Field(default=None, pattern=r"^https?://\S+$")
    """The full address that Telegram is to call."""

    webhook_secret: SecretStr | None = None
    """What Telegram is to send along, so that the gateway knows it."""

    webhook_max_connections: int = Field(default=40, ge=1, le=100)
    """How many updates Telegram may bring at a time."""

    @field_validator("bot_token")
    @classmethod
    def _looks_like_a_token(cls, value: SecretStr) -> SecretStr:
        if not TOKEN_SHAPE.fullmatch(value.get_secret_value()):
            raise ValueError("is not of the form 123456:ABC-def")
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _is_a_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not SECRET_SHAPE.fullmatch(value.get_secret_value()):
            raise ValueError("is not 32-256 characters of A-Z a-z 0-9 _ -")
        return value


class NotDone(Exception):
    """Why nothing was changed, or Telegram's words; never the token."""


def main(arguments: Sequence[str]) -> None:
    """Run one command; exits with 2 when it or the settings are wrong, with 1 when it failed."""
    try:
        settings = load(WebhookSettings, os.environ)
        match arguments:
            case ["set", *rest] if rest in ([], ["--force"]):
                told = asyncio.run(put(settings, force=bool(rest)))
            case ["info"]:
                told = asyncio.run(show(settings))
            case ["delete", *rest] if rest in ([], ["--force"]):
                told = asyncio.run(remove(settings, force=bool(rest)))
            case _:
                raise SettingsError(USAGE)
        sys.stdout.write(f"{told}\n")
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    except NotDone as error:
        sys.exit(str(error))


async def put(settings: WebhookSettings, *, force: bool = False) -> str:
    """Make Telegram bring updates to WEBHOOK_URL. Raises NotDone, SettingsError."""
    wanted, secret = settings.webhook_url, settings.webhook_secret
    if wanted is None or secret is None:
        raise SettingsError("WEBHOOK_URL and WEBHOOK_SECRET are needed to set the webhook")
    found = await _found(settings)
    if found["url"] not in ("", wanted) and not force:
        raise NotDone(f"{_elsewhere(found['url'])}; --force overwrites it")
    asked = {
        "url": wanted,
        "secret_token": secret.get_secret_value(),
        "max_connections": settings.webhook_max_connections,
        "allowed_updates": UPDATES,
    }
    await _call(settings, "setWebhook", asked)
    waiting = found.get("pending_update_count", 0)
    return f"Telegram brings updates to {wanted} now; {waiting} were waiting for it"


async def show(settings: WebhookSettings) -> str:
    """What Telegram says of the webhook, a line each. Raises NotDone."""
    found = await _found(settings)
    if not found["url"]:
        lines = ["no webhook is set"]
    elif settings.webhook_url in (None, found["url"]):
        lines = [f"updates go to {found['url']}"]
    else:
        lines = [f"updates go to {found['url']}, which is not WEBHOOK_URL"]
    lines.append(f"waiting: {found.get('pending_update_count', 0)}")
    if "max_connections" in found:
        lines.append(f"at a time: {found['max_connections']}")
    if "allowed_updates" in found:
        lines.append(f"kinds: {', '.join(found['allowed_updates'])}")
    if "last_error_message" in found:
        since = datetime.fromtimestamp(found.get("last_error_date", 0), UTC)
        lines.append(f"last error, {since:%Y-%m-%d %H:%M:%SZ}: {found['last_error_message']!a}")
    return "\n".join(lines)


async def remove(settings: WebhookSettings, *, force: bool = False) -> str:
    """Make Telegram keep updates to itself. Raises NotDone, SettingsError."""
    if settings.webhook_url is None and not force:
        raise SettingsError("WEBHOOK_URL is needed to know whether the webhook is ours")
    found = await _found(settings)
    if not found["url"]:
        return "no webhook is set"
    if found["url"] != settings.webhook_url and not force:
        raise NotDone(f"{_elsewhere(found['url'])}; --force deletes it")
    await _call(settings, "deleteWebhook", {"drop_pending_updates": False})
    return f"Telegram brings nothing to {found['url']} any more; what people send now waits 24 h"


def _elsewhere(url: str) -> str:
    return f"this bot is served at {urlsplit(url).netloc or url}, not at WEBHOOK_URL"


async def _found(settings: WebhookSettings) -> Json:
    info = await _call(settings, "getWebhookInfo", {})
    if not isinstance(info, dict) or not isinstance(info.get("url"), str):
        raise NotDone("Telegram's answer says nothing of a webhook")
    return info


async def _call(settings: WebhookSettings, method: str, parameters: Json) -> Any:
    """The method's result. The token is in the address, so no error of the client leaves here."""
    token = settings.bot_token.get_secret_value()
    address = f"{settings.telegram_api_url.rstrip('/')}/bot{token}/{method}"
    timeout = aiohttp.ClientTimeout(total=CALL_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(address, json=parameters, allow_redirects=False) as response,
        ):
            answer = await response.json(content_type=None)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        raise NotDone(f"Telegram did not answer {method}: {type(error).__name__}") from None
    if isinstance(answer, dict) and answer.get("ok") is True:
        return answer.get("result")
    raise NotDone(_refusal(method, answer))


def _refusal(method: str, answer: Any) -> str:
    if not isinstance(answer, dict):
        return f"Telegram did not answer {method}: not an answer of the Bot API"
    if answer.get("error_code") in (401, 404):
        return "Telegram does not know this BOT_TOKEN"
    return f"Telegram refused {method}: {answer.get('description', 'without a word')}"


if __name__ == "__main__":
    main(sys.argv[1:])
