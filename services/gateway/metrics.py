"""The gateway's Prometheus metrics, every name in one place."""

from prometheus_client import Counter, Gauge

from services.chassis.metrics import CALL_BUCKETS
from services.chassis.tallies import Counts, Timings

UPDATES = Counts(
    "fotbot_updates", "Updates from Telegram by what became of them.", ["kind", "outcome"]
)
UPDATE_SECONDS = Timings(
    "fotbot_update_seconds",
    "From an update's arrival to its answer, by kind and what became of it.",
    ["kind", "outcome"],
    buckets=CALL_BUCKETS,
)
HANDLER_SECONDS = Timings(
    "fotbot_handler_seconds",
    "Time in a handler, by feature, handler and how it ended.",
    ["feature", "handler", "outcome"],
    buckets=CALL_BUCKETS,
)
WEBHOOK_RESPONSES = Counts(
    "fotbot_webhook_responses", "Answers of the webhook by HTTP status.", ["status"]
)
# There from the start: a rate does not see the first of a row that was not there before.
for _status in ("200", "503"):
    WEBHOOK_RESPONSES.labels(_status)
BAD_INPUT = Counter("fotbot_bad_input", "What came in and was no update.", ["fault"])
ADMISSIONS = Counts(
    "fotbot_admissions", "Verdicts of the limit per person, and who gave them.", ["verdict", "by"]
)
HELD_BACK = Gauge("fotbot_updates_held_back", "Updates answered 503 that are still to come again.")
QUARANTINED = Counter("fotbot_updates_quarantined", "Updates put into quarantine.", ["outcome"])
QUARANTINED_KEPT, QUARANTINED_LOST = QUARANTINED.labels("kept"), QUARANTINED.labels("lost")
SCREENS = Counter("fotbot_screens_handed_over", "Screens given to the sender.", ["outcome"])
FITTED = Counter("fotbot_answers_fitted", "Answers beyond Telegram's limits, cut to fit.", ["part"])
CONVERSATION_RACES = Counter(
    "fotbot_conversation_races", "Steps made again since another update had moved meanwhile."
)
RELEASE_IS_BAD = Gauge("fotbot_release_is_bad", "1 while this process takes itself for broken.")
