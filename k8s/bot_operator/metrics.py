"""The operator's own metrics; `bot` is the TelegramBot's name. Forgotten with the resource."""

from prometheus_client import Counter, Gauge, Histogram

from services.chassis.metrics import CALL_BUCKETS

PENDING = Gauge(
    "fotbot_telegram_webhook_pending_updates", "Updates that wait at Telegram.", ["bot"]
)
LAST_ERROR = Gauge(
    "fotbot_telegram_webhook_last_error_timestamp_seconds",
    "When Telegram last failed to bring an update, Unix seconds; 0: never.",
    ["bot"],
)
IS_OURS = Gauge(
    "fotbot_telegram_webhook_is_ours",
    "1 while Telegram calls the spec's URL, 0 for another or none.",
    ["bot"],
)
IS_FOREIGN = Gauge(
    "fotbot_telegram_webhook_foreign", "1 while Telegram calls a place that is not ours.", ["bot"]
)
UP = Gauge(
    "fotbot_telegram_webhook_up", "1 while getWebhookInfo is answered to us, else 0.", ["bot"]
)
TOKEN_REFUSED = Gauge(
    "fotbot_telegram_token_refused", "1 while Telegram refuses the token.", ["bot"]
)
RECONCILED = Gauge(
    "fotbot_telegram_bot_reconciled_timestamp_seconds",
    "When a reconcile last ended well, Unix seconds.",
    ["bot"],
)
CONDITION = Gauge(
    "fotbot_telegram_bot_condition", "1 while the condition is true, else 0.", ["bot", "type"]
)
FLOOR = Gauge(
    "fotbot_telegram_bot_prescaling_floor", "The autoscaler's floor as we set it.", ["bot"]
)
CALLS = Histogram(
    "fotbot_operator_telegram_call_seconds",
    "Calls to the Bot API by method and outcome.",
    ["method", "outcome"],
    buckets=CALL_BUCKETS,
)
API_CALLS = Histogram(
    "fotbot_operator_api_call_seconds",
    "Calls to the API server by verb and outcome.",
    ["verb", "outcome"],
    buckets=CALL_BUCKETS,
)
RECONCILES = Counter(
    "fotbot_operator_reconciles", "Rounds by outcome: well, failed, gone.", ["outcome"]
)
ACTIONS = Counter(
    "fotbot_operator_actions", "Changes made, by kind and outcome.", ["kind", "outcome"]
)
WATCH_BEHIND = Gauge(
    "fotbot_operator_watch_behind_seconds",
    "How long the watch has owed us something that the API server lists.",
)

OF_A_BOT = (PENDING, LAST_ERROR, IS_OURS, IS_FOREIGN, UP, TOKEN_REFUSED, RECONCILED, FLOOR)


def forget(bot: str, condition_types: list[str]) -> None:
    """Drop the series of a resource that is gone."""
    for gauge in OF_A_BOT:
        gauge.remove_by_labels({"bot": bot})
    for kind in condition_types:
        CONDITION.remove_by_labels({"bot": bot, "type": kind})
