"""The league in figures for a monitoring system; sessions' worker tells them. No label names
anybody."""

from prometheus_client import Gauge

SESSIONS = Gauge(
    "fotbot_sessions", "Sessions that are to come or being played, by status.", ["status"]
)
PLACES = Gauge("fotbot_places", "Places of the sessions to come: taken, free.", ["state"])
FULL = Gauge("fotbot_sessions_full", "Sessions to come without a free place.")
WAITLISTED = Gauge("fotbot_waitlisted", "Entries that wait for a place in the sessions to come.")
UNDECIDED = Gauge("fotbot_entries_undecided", "Entries that wait for an organiser's decision.")
PAYMENTS = Gauge(
    "fotbot_payments",
    "Payments of the sessions from two days ago on: due, submitted, refund_due.",
    ["status"],
)
MONEY = Gauge("fotbot_payments_amount", "What they amount to, in so'm.", ["status"])
OVERBOOKED = Gauge(
    "fotbot_sessions_overbooked", "Sessions whose entries hold more places than there are: none."
)
COUNTED_AT = Gauge("fotbot_league_counted_timestamp_seconds", "When these figures were counted.")
