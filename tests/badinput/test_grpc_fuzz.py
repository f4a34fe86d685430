"""Every method of every service, called with what no gateway of ours would send: the caller's
fault is told as such, nothing breaks, and a call that comes again has no second effect."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
import pytest_asyncio

from tests.badinput.amount import TIMES, chances
from tests.badinput.messages import Known, Maker, methods
from tests.badinput.rough_city import Rough
from tests.badinput.score import note
from tests.e2e.league import league

EACH = 16 * TIMES
SECONDS = 10.0
AT_ONCE = 6
ROLES = ("users", "sessions", "teams", "sender")
FAULTS = {"INTERNAL", "UNKNOWN", "DATA_LOSS", "DEADLINE_EXCEEDED", "UNAVAILABLE", "UNIMPLEMENTED"}


# Told of on purpose: ids are sometimes used twice here, and people are in no Telegram.
EXPECTED = ("a request id came again with other content", "telegram refused a notice")


# With a person go the answers that he has had, so that no repeat could be compared.
ERASING = "DeleteMe"
# Two who take in the same: the mover asks again.
AT_ONE_TIME = "a row met one that had just been made"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A call and what came of it."""

    method: str
    request: Any
    code: str
    answer: bytes
    words: str = ""


@pytest_asyncio.fixture(scope="module", name="known")
async def what_there_is(rough: Rough) -> Known:
    """People, sessions and venues that calls can meet."""
    async with league(rough.city) as made:
        organiser = await made.organiser()
        people = [organiser, await made.member(), await made.member(), await made.stranger()]
        opened = [await made.session(capacity=4, organiser=organiser) for _ in range(2)]
    users = [person.user_id for person in people]
    return Known(
        numbers={
            "actor_id": users,
            "viewer_id": users,
            "telegram_id": [person.telegram_id for person in people],
            "user_ids": users,
            "user_id": users,
            "captain_id": users,
            "session_id": [session.id for session in opened],
            "venue_id": [session.venue.id for session in opened],
            "team_id": [1, 2, 3],
            "capacity": [2, 4, 28],
            "squad_size": [7, 5, 4],
            "price": [0, 40_000],
        },
        texts={"name": ["Tigers", "Ali"], "time_zone": ["Asia/Tashkent"], "language_code": ["en"]},
    )


@pytest_asyncio.fixture(name="channel")
async def to_role(rough: Rough, role: str) -> AsyncIterator[grpc.aio.Channel]:
    async with grpc.aio.insecure_channel(rough.city.address(role)) as channel:
        yield channel


async def ask(
    channel: grpc.aio.Channel,
    method: Any,
    request: bytes,
    timeout: float | None = SECONDS,
    metadata: Sequence[tuple[str, str | bytes]] = (),
) -> Tried:
    """One call with these bytes."""
    path = f"/{method.containing_service.full_name}/{method.name}"
    call = channel.unary_unary(path)
    try:
        answer = await call(request, timeout=timeout, metadata=metadata)
    except grpc.aio.AioRpcError as error:
        code, words = error.code().name, error.details() or ""
        return Tried(method=path, request=request, code=code, answer=b"", words=words)
    return Tried(method=path, request=request, code="OK", answer=answer)


async def together(calls: list[Any]) -> list[Tried]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(call: Any) -> Tried:
        async with gate:
            return await call

    return await asyncio.gather(*map(one, calls))


def sound(tried: list[Tried], errors: list[str]) -> None:
    """Nothing broke, and no words tell how we are made inside."""
    note("grpc", len(tried))
    broken = {
        (one.method, one.code, one.words)
        for one in tried
        if one.code in FAULTS and one.words != AT_ONE_TIME
    }
    logged = {line[-400:] for line in errors if not any(words in line for words in EXPECTED)}
    if broken or logged:
        pytest.fail("\n".join(map(str, (*sorted(broken), *sorted(logged)))), pytrace=False)
    for one in tried:
        assert not any(
            word in one.words for word in ("Traceback", "asyncpg", "SELECT ", 'File "')
        ), one


@pytest.mark.parametrize("role", ROLES)
async def test_whatever_is_asked_nothing_breaks_and_a_repeat_changes_nothing(
    rough: Rough, known: Known, channel: grpc.aio.Channel, role: str
) -> None:
    maker, before = Maker(chances(role), known), rough.errors()
    requests = [
        (method, maker.message(method.input_type))
        for method in methods(role)
        for _ in range(EACH)
        if method.name != ERASING
    ]
    maker.chance.shuffle(requests)
    calls = [ask(channel, method, request.SerializeToString()) for method, request in requests]
    tried = await together(calls)
    sound(tried, rough.errors(before))
    reached = Counter(one.code for one in tried)
    assert reached["OK"] > len(tried) / 20, reached

    writes = [
        (number, method, request)
        for number, (method, request) in enumerate(requests)
        if "write" in method.input_type.fields_by_name and request.write.request_id
    ]
    rows = await rough.rows()
    again = await together(
        [ask(channel, method, request.SerializeToString()) for _, method, request in writes]
    )
    sound(again, rough.errors(before))
    assert await rough.rows() == rows
    for (number, _, _), repeated in zip(writes, again, strict=True):
        first = tried[number]
        assert (repeated.code, repeated.answer) == (first.code, first.answer), first


@pytest.mark.parametrize("role", ROLES)
async def test_bytes_that_are_no_message_and_calls_without_a_deadline_are_refused(
    rough: Rough, channel: grpc.aio.Channel, role: str
) -> None:
    chance, before = chances(f"{role} bytes"), rough.errors()
    calls, endless = [], []
    for method in methods(role):
        calls += [
            ask(channel, method, chance.randbytes(chance.randrange(1, 400))) for _ in range(3)
        ]
        endless.append(ask(channel, method, b"", timeout=None))
    tried = await together(calls)
    sound(tried, rough.errors(before))
    refused = await together(endless)
    assert {one.code for one in refused} == {"INVALID_ARGUMENT"}
    sound(refused, rough.errors(before))


@pytest.mark.parametrize("role", ROLES)
async def test_five_mebibytes_and_odd_metadata_are_refused_or_passed_over(
    rough: Rough, channel: grpc.aio.Channel, role: str
) -> None:
    before = rough.errors()
    method = next(methods(role))
    tried = await ask(channel, method, b"\x0a" + b"\xff" * (5 * 1024 * 1024))
    assert tried.code == "RESOURCE_EXHAUSTED"
    odd = (
        ("x-fotbot-position", "NaN"),
        ("traceparent", "00-zz-zz-zz"),
        ("baggage", "a=" + "x" * 4000),
        ("grpc-trace-bin", b"\x00\xff"),
    )
    sound([await ask(channel, method, b"", metadata=odd)], rough.errors(before))
