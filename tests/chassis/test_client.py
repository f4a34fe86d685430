"""The client: answers, refusals, silence, and asking again."""

import asyncio
import time
from functools import partial

import grpc
import pytest
from google.protobuf.wrappers_pb2 import StringValue
from prometheus_client import REGISTRY

from services.chassis import consistency
from services.chassis.client import connect, full_name
from services.chassis.deadline import NoDeadline, budget, time_left
from services.chassis.errors import Exhausted, Kind, RemoteRefusal, Unanswered, Unavailable
from services.chassis.server import serving
from tests.chassis.echo import METHOD, SERVICE, echo_call, echoing, register


class TooMany(Exhausted):
    reason = "TOO_MANY"


class StoreAway(Unavailable):
    reason = "STORE_AWAY"


async def echo(text: str) -> str:
    return text


async def test_an_answer_comes_back_as_the_response() -> None:
    async with echoing(echo) as call:
        with budget(5):
            assert (await call(StringValue(value="Ғайрат"))).value == "Ғайрат"


async def test_a_call_outside_any_budget_is_a_bug_that_shows() -> None:
    async with echoing(echo) as call:
        with pytest.raises(NoDeadline):
            await call(StringValue())


async def test_a_call_may_bring_its_own_time_but_not_more_than_the_budget() -> None:
    async def left(_text: str) -> str:
        return str(time_left())

    async with echoing(left) as call:
        assert float((await call(StringValue(), timeout=2)).value) <= 2
        with budget(1):
            assert float((await call(StringValue(), timeout=2)).value) <= 1


async def test_a_refusal_arrives_with_kind_reason_and_details() -> None:
    async def refuse(_text: str) -> str:
        raise TooMany("slow down", seconds=30, name="Ali\ud800")

    async with echoing(refuse) as call:
        with pytest.raises(RemoteRefusal) as refusal, budget(5):
            await call(StringValue())
    assert refusal.value.kind is Kind.EXHAUSTED
    assert refusal.value.reason == "TOO_MANY"
    assert refusal.value.details == {"seconds": "30", "name": "Ali?"}


async def test_a_refusal_with_huge_details_still_arrives() -> None:
    async def refuse(text: str) -> str:
        raise TooMany(text * 5_000, **{f"d{n}": text * 5_000 for n in range(50)})

    async with echoing(refuse) as call:
        with pytest.raises(RemoteRefusal) as refusal, budget(5):
            await call(StringValue(value="ш"))
    assert refusal.value.reason == "TOO_MANY"


async def test_a_refusal_passes_through_the_service_between() -> None:
    async def refuse(_text: str) -> str:
        raise TooMany("slow down")

    async with echoing(refuse) as behind:

        async def ask(text: str) -> str:
            return (await behind(StringValue(value=text))).value

        async with echoing(ask) as call:
            with pytest.raises(RemoteRefusal, match="TOO_MANY"), budget(5):
                await call(StringValue())


async def test_a_bug_on_the_other_side_is_no_refusal() -> None:
    async def fail(_text: str) -> str:
        raise LookupError("a bug")

    async with echoing(fail) as call:
        with pytest.raises(grpc.aio.AioRpcError), budget(5):
            await call(StringValue())


async def test_silence_ends_with_the_budget() -> None:
    async def sleep(_text: str) -> str:
        await asyncio.sleep(60)
        return ""

    async with echoing(sleep) as call:
        began = time.monotonic()
        with pytest.raises(Unanswered), budget(0.3):
            await call(StringValue())
    assert 0.25 < time.monotonic() - began < 2


async def test_nobody_there_is_unanswered_at_the_deadline_not_before() -> None:
    async with connect("echo", "ipv4:127.0.0.1:1") as channel:
        began = time.monotonic()
        with pytest.raises(Unanswered), budget(0.6):
            await echo_call(channel)(StringValue())
    assert 0.3 < time.monotonic() - began < 2


async def test_what_was_unavailable_is_asked_again() -> None:
    calls = 0

    async def recover(text: str) -> str:
        nonlocal calls
        calls += 1
        if calls < 4:
            raise StoreAway("no primary")
        return text

    labels = {"method": METHOD, "code": "UNAVAILABLE"}
    before = REGISTRY.get_sample_value("fotbot_rpc_retries_total", labels) or 0
    async with echoing(recover) as call:
        with budget(5):
            assert (await call(StringValue(value="back"))).value == "back"
    assert calls == 4
    assert REGISTRY.get_sample_value("fotbot_rpc_retries_total", labels) == before + 3


async def test_what_stays_unavailable_is_unanswered() -> None:
    async def away(_text: str) -> str:
        raise StoreAway("no primary")

    async with echoing(away) as call:
        with pytest.raises(Unanswered), budget(0.5):
            await call(StringValue())


async def test_a_server_that_comes_late_is_found_within_the_budget() -> None:
    async with serving(partial(register, echo), [SERVICE]) as address:
        pass
    port = address.rpartition(":")[2]
    async with connect("echo", address) as channel:
        with budget(8):
            call = asyncio.ensure_future(echo_call(channel)(StringValue(value="late")))
            await asyncio.sleep(0)
            async with serving(partial(register, echo), [SERVICE], int(port)):
                assert (await call).value == "late"


async def test_an_unwell_replica_is_passed_over() -> None:
    async def never(_text: str) -> str:
        raise AssertionError("it says it serves nothing")

    async with (
        serving(partial(register, never), []) as unwell,
        serving(partial(register, echo), [SERVICE]) as well,
    ):
        target = f"{unwell},{well.removeprefix('ipv4:')}"
        async with connect("echo", target) as channel:
            for _ in range(20):
                with budget(5):
                    await echo_call(channel)(StringValue())


async def test_what_one_wrote_is_asked_for_in_later_reads() -> None:
    async def write_and_read(text: str) -> str:
        if text:
            consistency.note_written(int(text))
        return str(consistency.asked())

    async with echoing(write_and_read) as call:
        with budget(5), consistency.positions({"users": 99}) as positions:
            assert (await call(StringValue())).value == "0"
            await call(StringValue(value="7"))
            assert (await call(StringValue())).value == "7"
    assert positions.by_service == {"users": 99, "echo": 7}


async def test_a_cancelled_caller_leaves_nothing_in_flight() -> None:
    async def sleep(_text: str) -> str:
        await asyncio.sleep(60)
        return ""

    async with echoing(sleep) as call:
        with pytest.raises(TimeoutError), budget(5):
            async with asyncio.timeout(0.2):
                await call(StringValue())
    assert REGISTRY.get_sample_value("fotbot_rpc_called_in_flight") == 0


def test_a_service_is_named_after_its_package() -> None:
    assert full_name("users") == "fotbot.users.v1.UsersService"
