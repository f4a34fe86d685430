"""The operator's errors at the tracker that SENTRY_DSN names: told once, with nothing personal."""

from __future__ import annotations

from pathlib import Path

import pytest

from k8s.bot_operator.keepers import Keepers
from k8s.bot_operator.settings import OperatorSettings
from services.chassis import logs
from services.chassis.process import reports, said
from services.chassis.settings import SettingsError, load
from tests.eventually import until
from tests.k8s.operator.making import TOKEN
from tests.observe.error_tracker import error_tracker

POD = {"POD_NAMESPACE": "football"}
WORDS = f"cannot greet Alisher Navoiy +998901234567 by {TOKEN}"


async def broken(_bot: str) -> float | None:
    """A round with a bug in it."""
    raise ValueError(WORDS)


async def test_a_round_that_breaks_is_told_once_with_nothing_personal(tmp_path: Path) -> None:
    async with error_tracker() as tracker:
        (tmp_path / "sentry-dsn").write_text(tracker.dsn + "\n")
        told = {"SENTRY_DSN_FILE": str(tmp_path / "sentry-dsn"), "SENTRY_ENVIRONMENT": "test"}
        logs.set_up("operator")
        [last_words] = reports("operator", load(OperatorSettings, POD | told))
        keepers = Keepers(broken, at_once=1)
        keepers.wake("fotbot")
        await until(lambda: bool(tracker.events))
        await keepers.close()
        await said(last_words)
    logs.set_up("test")
    [event] = tracker.events
    assert event["message"] == "a round broke"
    assert event["exception"]["values"][-1]["type"] == "ValueError"
    assert (event["tags"]["service"], event["environment"]) == ("operator", "test")
    personal = ("Alisher", "Navoiy", "998901234567", TOKEN.partition(":")[2])
    assert [word for word in personal if word in tracker.received] == []


def test_without_an_address_nobody_is_told_and_a_wrong_one_is_refused() -> None:
    assert reports("operator", load(OperatorSettings, POD)) == []
    with pytest.raises(SettingsError, match="SENTRY_DSN"):
        load(OperatorSettings, POD | {"SENTRY_DSN": "sentry.example.org"})
