"""Where the bot wants its updates, and how that goes."""

import re
from typing import Any
from urllib.parse import urlsplit

from services.local.telegram.errors import bad_request
from services.local.telegram.params import Params
from services.local.telegram.store import Json
from services.local.telegram.telegram import Telegram
from services.local.telegram.updates import Webhook

DEFAULT_CONNECTIONS = 40
SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")


def set_webhook(telegram: Telegram, params: Params) -> bool:
    """Unlike the real one it takes plain http, for it only ever calls this machine."""
    url = params.text("url") or ""
    if not url:
        return delete_webhook(telegram, params)
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    secret = params.text("secret_token") or ""
    if not SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    connections = params.integer("max_connections") or DEFAULT_CONNECTIONS
    kinds = asked_kinds(params)
    if params.flag("drop_pending_updates"):
        telegram.updates.drop_all()
    if kinds is not None:
        telegram.updates.allow(kinds)
    connections = min(max(connections, 1), 100)
    telegram.updates.set_webhook(Webhook(url=url, secret=secret, max_connections=connections))
    return True


def delete_webhook(telegram: Telegram, params: Params) -> bool:
    if params.flag("drop_pending_updates"):
        telegram.updates.drop_all()
    telegram.updates.set_webhook(None)
    return True


def get_webhook_info(telegram: Telegram, params: Params) -> Json:
    webhook, allowed = telegram.updates.webhook(), telegram.updates.allowed()
    info: Json = {
        "url": webhook.url if webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": telegram.updates.pending(),
    }
    if webhook:
        info |= {"max_connections": webhook.max_connections, "ip_address": "127.0.0.1"}
    return info | telegram.updates.last_error() | ({"allowed_updates": allowed} if allowed else {})


def asked_kinds(params: Params) -> list[str] | None:
    """The kinds of updates a bot wants from now on; None: the former setting stays."""
    kinds: Any = params.structure("allowed_updates")
    if kinds is None:
        return None
    if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
        raise bad_request("can't parse allowed_updates")
    return kinds
