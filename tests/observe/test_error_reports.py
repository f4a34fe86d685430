"""What an error tracker is told: every error once, and nothing personal."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import grpc
import pytest
import pytest_asyncio
from google.protobuf.wrappers_pb2 import StringValue

from services.chassis import logs
from services.chassis.client import connect
from services.chassis.deadline import budget
from services.chassis.sentry import MOST_A_MINUTE, Reports
from services.chassis.setting_groups import OpsSettings
from services.chassis.settings import SettingsError, load
from services.gateway.answers import Answer
from services.gateway.calls import Call
from services.gateway.features.feature import Feature
from services.local.stores.valkey import ValkeyCluster
from tests.chassis.echo import echo_call
from tests.chassis.test_process import SETTINGS, line, started
from tests.eventually import until
from tests.gateway.gate import Gate, gate, new_id, world
from tests.observe.error_tracker import ErrorTracker, error_tracker

NAME, PHONE = "Alisher Navoiy", "+998901234567"
TOKEN = "1234567890:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawx"
INVITATION = "https://t.me/FotbotTest?start=join_c2VjcmV0"
WORDS = f"{NAME} {PHONE} {TOKEN} {INVITATION}"
PERSONAL = ("Alisher", "Navoiy", "998901234567", "AAHdqTcvCH1v", "c2VjcmV0", "join_")


@pytest_asyncio.fixture
async def tracker() -> AsyncIterator[ErrorTracker]:
    async with error_tracker() as found:
        yield found


@pytest.fixture
def reports(tracker: ErrorTracker) -> Iterator[Reports]:
    made = Reports(tracker.dsn, "gateway", "test")
    logs.listen(made.hear)
    yield made
    logs.stop_listening(made.hear)


async def sent(reports: Reports) -> None:
    """Once everything has left."""
    await asyncio.to_thread(reports.close, 5.0)


def poisoned(words: str) -> None:
    """Raises what an unlucky handler would."""
    phone = words.split()[2]
    try:
        raise KeyError(phone)
    except KeyError as error:
        raise ValueError(f"cannot read {words}") from error


async def poison(_call: Call, words: str) -> Answer:
    poisoned(words)
    raise AssertionError


POISON = Feature(name="poison", commands={"poison": poison})


@pytest_asyncio.fixture
async def gateway(valkey: ValkeyCluster) -> AsyncIterator[Gate]:
    async with world(valkey.url) as behind, gate(behind, (POISON,)) as opened:
        yield opened
    logs.set_up("test")


async def test_a_poisoned_update_is_told_once_and_with_nothing_personal(
    gateway: Gate, reports: Reports, tracker: ErrorTracker
) -> None:
    update_id, person = new_id(), new_id()
    await gateway.say(person, f"/poison {WORDS}", update_id)
    await sent(reports)
    [event] = tracker.events
    kinds = [value["type"] for value in event["exception"]["values"]]
    assert kinds == ["KeyError", "ValueError"]
    [frame] = event["exception"]["values"][-1]["stacktrace"]["frames"][-1:]
    assert (frame["function"], event["message"]) == ("poisoned", "an update broke")
    assert event["tags"]["service"] == "gateway"
    assert [word for word in (*PERSONAL, str(person)) if word in tracker.received] == []


async def test_what_is_no_update_is_told_once_and_with_nothing_personal(
    gateway: Gate, reports: Reports, tracker: ErrorTracker
) -> None:
    person = {"id": new_id(), "is_bot": False, "first_name": NAME}
    chat = {"id": person["id"], "type": "private"}
    event = {"message_id": "x", "date": {}, "chat": chat, "from": person, "text": WORDS}
    await gateway.give({"message": event})
    await sent(reports)
    assert [one["exception"]["values"][-1]["type"] for one in tracker.events] == ["NotAnUpdate"]
    assert [word for word in PERSONAL if word in tracker.received] == []


async def test_a_librarys_words_stay_here(reports: Reports, tracker: ErrorTracker) -> None:
    logs.set_up("test")
    try:
        poisoned(WORDS)
    except ValueError:
        logging.getLogger("some.package").exception("lost %s", WORDS)
    await sent(reports)
    assert [event["message"] for event in tracker.events] == ["some.package logged an error"]
    assert [word for word in PERSONAL if word in tracker.received] == []


async def test_lines_that_are_no_errors_or_have_no_exception_are_not_told(
    reports: Reports, tracker: ErrorTracker
) -> None:
    logs.set_up("test")
    logs.logger("here").warning("a read had no answer", exc_info=ValueError(WORDS))
    logs.logger("here").error("something is odd", words=WORDS)
    await sent(reports)
    assert tracker.events == []


async def test_what_another_service_has_told_is_not_told_again(
    reports: Reports, tracker: ErrorTracker
) -> None:
    logs.set_up("test")
    no_metadata = grpc.aio.Metadata()
    failed = grpc.aio.AioRpcError(grpc.StatusCode.INTERNAL, no_metadata, no_metadata)
    logs.logger("here").error("an update broke", exc_info=failed)
    await sent(reports)
    assert tracker.events == []


async def test_a_flood_is_cut_off_and_begins_anew_a_minute_later(tracker: ErrorTracker) -> None:
    now = [0.0]
    reports = Reports(tracker.dsn, "gateway", "test", clock=lambda: now[0])
    told: dict[str, Any] = {"level": "error", "event": "it broke", "exc_info": ValueError("no")}
    for _ in range(MOST_A_MINUTE + 5):
        reports.hear(told)
    now[0] = 60.0
    reports.hear(told)
    await sent(reports)
    assert len(tracker.events) == MOST_A_MINUTE + 1


async def test_a_process_tells_the_error_of_a_call_with_its_trace(tracker: ErrorTracker) -> None:
    settings = {**SETTINGS, "SENTRY_DSN": tracker.dsn, "SENTRY_ENVIRONMENT": "staging"}
    async with started(settings) as process:
        port = (await line(process, "serving gRPC"))["port"]
        async with connect("echo", f"ipv4:127.0.0.1:{port}") as channel:
            with budget(10), pytest.raises(Exception, match="INTERNAL"):
                await echo_call(channel)(StringValue(value="fail"))
        failed = await line(process, "a call failed")
        await until(lambda: bool(tracker.events))
        process.terminate()
        await asyncio.wait_for(process.wait(), 12)
    [event] = tracker.events
    assert event["tags"] == {"service": "echo", "trace_id": failed["trace_id"]}
    assert (event["environment"], event["exception"]["values"][-1]["type"]) == (
        "staging",
        "LookupError",
    )
    assert "as was asked" not in json.dumps(event)
    assert SETTINGS["ECHO_SECRET"] not in tracker.received


async def test_a_tracker_that_is_away_does_not_keep_the_process_from_ending() -> None:
    async with started({**SETTINGS, "SENTRY_DSN": "http://key@127.0.0.1:1/1"}) as process:
        port = (await line(process, "serving gRPC"))["port"]
        async with connect("echo", f"ipv4:127.0.0.1:{port}") as channel:
            with budget(10), pytest.raises(Exception, match="INTERNAL"):
                await echo_call(channel)(StringValue(value="fail"))
        process.terminate()
        await asyncio.wait_for(process.wait(), 12)
    assert process.returncode == 0


@pytest.mark.parametrize("dsn", ["sentry.example", "https://sentry.example/1", "https://k@h/"])
def test_an_address_that_is_none_is_told_before_the_start(dsn: str) -> None:
    with pytest.raises(SettingsError, match="SENTRY_DSN"):
        load(OpsSettings, {"SENTRY_DSN": dsn})


def test_an_empty_address_is_none_at_all() -> None:
    assert load(OpsSettings, {"SENTRY_DSN": ""}).sentry_dsn is None
