"""The sender's Prometheus metrics. No label names a person, a chat or a text."""

from prometheus_client import Counter, Gauge, Histogram

from services.chassis.tallies import Counts, Timings

SENDS = Counts(
    "fotbot_sender_sends", "Calls made to Telegram, by method and verdict.", ["method", "verdict"]
)
SEND_SECONDS = Timings(
    "fotbot_sender_send_seconds",
    "Time until Telegram answered a call or the call was given up, by method.",
    ["method"],
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
THROTTLED = Counter("fotbot_sender_throttled", "Answers 429, each a pause of the whole bot.")
REPEATED = Counter(
    "fotbot_sender_repeated",
    "Notices sent again without knowing whether they had arrived: the possible duplicates.",
)
NOTICES_OPEN = Gauge(
    "fotbot_sender_notices_open", "Notices without Telegram's verdict, by rank.", ["rank"]
)
NOTICES_OLDEST_SECONDS = Gauge(
    "fotbot_sender_notices_oldest_seconds",
    "How long the oldest notice without a verdict is due, by rank.",
    ["rank"],
)
NOTICE_AGE_SECONDS = Histogram(
    "fotbot_sender_notice_age_seconds",
    "From a notice's being due (a night's rest over) to Telegram's verdict, by rank.",
    ["rank"],
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1800),
)
TOKEN_REFUSED = Gauge(
    "fotbot_sender_token_refused", "1 while Telegram answers that it does not know the token."
)
SCREENS_WAITING = Gauge("fotbot_sender_screens_waiting", "Screens in memory, not sent yet.")
SCREENS_DROPPED = Counter(
    "fotbot_sender_screens_dropped", "Screens not sent, by why: old, full, replaced.", ["why"]
)
SCREENS_OLD = SCREENS_DROPPED.labels("old")
SCREENS_FULL = SCREENS_DROPPED.labels("full")
SCREENS_REPLACED = SCREENS_DROPPED.labels("replaced")
LIMITER_LOCAL = Counter(
    "fotbot_sender_limiter_local", "Sends admitted by this process alone, the cache being away."
)
QUARANTINED = Counter("fotbot_sender_quarantined", "Updates taken into quarantine.")
