"""Every scenario there is: which a test run plays, which `make faults` does, and all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.faults import database_faults as database
from tests.faults import other_faults as other
from tests.faults import process_faults as process
from tests.faults.scenarios import Scenario

IN_EVERY_RUN: Sequence[Scenario] = (
    process.GATEWAY_KILLED,
    process.SESSIONS_KILLED,
    database.CUT_IN_COMMIT,
    other.CACHE_GONE,
    database.PRIMARY_LOST,
)
"""Five that a change must not break; the last one ends the town."""

SHORT: Sequence[Scenario] = (
    process.GATEWAY_KILLED,
    process.SESSIONS_KILLED,
    process.ALL_SESSIONS_KILLED,
    process.SESSIONS_FROZEN,
    process.ROLLING_RESTART,
    process.TEAMS_GONE,
    process.STORM,
    process.WORKERS_KILLED,
    database.REPLAY_PAUSED,
    database.CONNECTIONS_EXHAUSTED,
    database.ROW_LOCKED,
    database.DEADLOCKS,
    database.DISK_FULL,
    database.HALF_OPEN,
    database.SLOW,
    database.CUT,
    database.CUT_IN_COMMIT,
    other.CACHE_MASTER_KILLED,
    other.CACHE_GONE,
    other.CACHE_POISONED,
    other.TELEGRAM_THROTTLES,
    other.TELEGRAM_BROKEN,
    other.FIVE_TIMES,
    other.COLLECTOR_GONE,
    database.PRIMARY_LOST,
    database.PRIMARY_LOST_ASYNC,
    database.SPLIT,
)
"""`make faults`: all of them, those that end a town last."""

BY_NAME: Mapping[str, Scenario] = {scenario.name: scenario for scenario in SHORT}
