"""Health: what makes a process unready, and that asking never hangs."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from opentelemetry import trace
from prometheus_client import REGISTRY

from services.chassis import metrics
from services.chassis.health import Health, watch_loop
from services.chassis.ops import ops_server
from services.chassis.telemetry import parent
from tests.eventually import until

OPENMETRICS = {"Accept": "application/openmetrics-text; version=1.0.0"}


async def well() -> bool:
    return True


async def unwell() -> bool:
    return False


async def broken() -> bool:
    raise OSError("no route")


async def hanging() -> bool:
    await asyncio.sleep(3600)
    return True


@asynccontextmanager
async def ops(health: Health) -> AsyncIterator[aiohttp.ClientSession]:
    async with (
        ops_server(health, "127.0.0.1", 0) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http,
    ):
        yield http


async def test_a_process_without_faults_is_ready() -> None:
    health = Health()
    health.require("schema", well)
    async with ops(health) as http, http.get("/readyz") as answer:
        assert answer.status == 200
        assert await answer.json() == {"ready": True, "required": {"schema": True}, "reported": {}}


@pytest.mark.parametrize("check", [unwell, broken, hanging])
async def test_what_the_process_itself_lacks_makes_it_unready(check: object) -> None:
    health = Health()
    health.require("schema", check)  # type: ignore[arg-type]
    async with ops(health) as http, http.get("/readyz") as answer:
        assert answer.status == 503
        assert (await answer.json())["required"] == {"schema": False}


@pytest.mark.parametrize("check", [unwell, broken, hanging])
async def test_a_dependency_that_is_away_is_told_and_does_not_make_it_unready(
    check: object,
) -> None:
    health = Health()
    health.report("postgres", check)  # type: ignore[arg-type]
    async with ops(health) as http, http.get("/readyz") as answer:
        assert answer.status == 200
        assert (await answer.json())["reported"] == {"postgres": False}
    assert REGISTRY.get_sample_value("fotbot_dependency_up", {"name": "postgres"}) == 0


async def test_a_fact_counts_at_once() -> None:
    health, facts = Health(), {"started": False}
    health.require_fact("started", lambda: facts["started"])
    assert not (await health.readiness()).is_ready
    facts["started"] = True
    assert (await health.readiness()).is_ready


async def test_a_check_that_hangs_neither_delays_the_answer_nor_piles_up() -> None:
    asked = 0

    async def check() -> bool:
        nonlocal asked
        asked += 1
        return await hanging()

    health = Health()
    health.require("schema", check)
    began = time.monotonic()
    answers = await asyncio.gather(*(health.readiness() for _ in range(50)))
    assert time.monotonic() - began < 2
    assert not any(answer.is_ready for answer in answers)
    assert asked == 1


async def test_a_check_is_not_asked_again_within_a_moment() -> None:
    asked = 0

    async def check() -> bool:
        nonlocal asked
        asked += 1
        return True

    health = Health()
    health.require("schema", check)
    for _ in range(20):
        await health.readiness()
    assert asked == 1


async def test_a_process_is_alive_whatever_it_lacks() -> None:
    health = Health()
    health.require("schema", unwell)
    async with ops(health) as http, http.get("/livez") as answer:
        assert answer.status == 200


async def test_metrics_come_in_the_format_asked_for() -> None:
    async with ops(Health()) as http:
        async with http.get("/metrics") as answer:
            assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        async with http.get("/metrics", headers=OPENMETRICS) as answer:
            assert answer.headers["content-type"].startswith("application/openmetrics-text")
            assert (await answer.text()).endswith("# EOF\n")


@pytest.mark.parametrize(("flags", "kept"), [("01", True), ("00", False)])
async def test_a_kept_trace_is_the_histograms_exemplar(flags: str, kept: bool) -> None:
    trace_id = flags * 16
    span = trace.get_current_span(parent(f"00-{'c' + trace_id[1:]}-{'b' * 16}-{flags}"))
    with trace.use_span(span):
        metrics.observe(metrics.RPC_SERVED_SECONDS, 0.3, f"exemplar-{flags}", "OK")
    async with ops(Health()) as http, http.get("/metrics", headers=OPENMETRICS) as answer:
        assert (f'trace_id="c{trace_id[1:]}"' in await answer.text()) is kept


async def test_an_unknown_path_is_not_found() -> None:
    async with ops(Health()) as http, http.get("/") as answer:
        assert answer.status == 404


async def test_a_busy_loop_shows_as_lag() -> None:
    watching = asyncio.create_task(watch_loop(interval=0.01))
    await asyncio.sleep(0)
    time.sleep(0.2)  # noqa: ASYNC251 - blocking the loop is what is measured
    await until(lambda: (REGISTRY.get_sample_value("fotbot_event_loop_lag_seconds") or 0) > 0.1)
    watching.cancel()


async def test_the_tasks_under_way_are_counted() -> None:
    def counted() -> float:
        return REGISTRY.get_sample_value("fotbot_tasks") or 0.0

    watching = asyncio.create_task(watch_loop(interval=0.01))
    waiting = [asyncio.create_task(asyncio.Event().wait()) for _ in range(100)]
    await until(lambda: counted() > 100)
    for task in waiting:
        task.cancel()
    await until(lambda: counted() < 100)
    watching.cancel()
