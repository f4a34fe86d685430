"""What kopf is told: everything has an end. And what liveness is made of."""

import logging

import kopf
import pytest

from k8s.bot_operator.handlers import LATEST_ROUND, judged, tune


def test_calls_watches_retries_and_queues_have_an_end() -> None:
    settings = kopf.OperatorSettings()
    tune(settings)
    assert settings.watching.server_timeout == 600
    assert settings.watching.client_timeout == 630
    assert settings.watching.connect_timeout == settings.networking.connect_timeout == 10
    assert settings.networking.request_timeout == 30
    assert sum(settings.networking.error_backoffs) < 30  # type: ignore[arg-type]
    assert settings.queueing.worker_limit == 20
    assert settings.posting.level == logging.WARNING
    assert settings.scanning.disabled


def test_a_watch_that_owes_and_a_round_that_hangs_end_the_process() -> None:
    told = {"behind_seconds": 119.0, "late_seconds": 599.0}
    assert judged(119.0, 599.0, grace=120.0) == told
    for behind, late in ((121.0, 0.0), (0.0, LATEST_ROUND + 1)):
        with pytest.raises(kopf.PermanentError):
            judged(behind, late, grace=120.0)
