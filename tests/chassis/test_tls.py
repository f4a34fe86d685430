"""Who is let in by certificate, over real gRPC, and that renewing certificates fails no call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import grpc
import pytest
import structlog
from google.protobuf.wrappers_pb2 import StringValue
from grpc_health.v1 import health_pb2, health_pb2_grpc
from prometheus_client import REGISTRY

from services.chassis.client import connect
from services.chassis.deadline import budget
from services.chassis.errors import Kind, RemoteRefusal, Unanswered
from services.chassis.identity import Identity
from services.chassis.server import serving
from tests.chassis.certifying import DOMAIN, Authority, identity, mount, mounted, spiffe
from tests.chassis.echo import METHOD, SERVICE, echo_call, register
from tests.eventually import until

QUICKLY = 0.02
OURS, THEIRS = Authority("ours"), Authority("theirs")


class Hall:
    """A server that only the gateway may call, and what it has heard."""

    def __init__(self, folder: Path) -> None:
        self.heard: list[str] = []
        self.identity = identity(folder, "users", OURS)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        async with serving(
            partial(register, self._hear),
            [SERVICE],
            identity=self.identity,
            allows=lambda role, method: (role, method) == ("gateway", METHOD),
        ) as address:
            yield address

    async def _hear(self, text: str) -> str:
        self.heard.append(text)
        return text


async def say(address: str, who: Identity | None, text: str = "hello", seconds: float = 5) -> str:
    """As the product's own client does it."""
    async with connect("echo", address, identity=who) as channel:
        with budget(seconds):
            return (await echo_call(channel)(StringValue(value=text))).value


def refused_calls(role: str) -> float:
    labels = {"caller": role, "method": METHOD}
    return REGISTRY.get_sample_value("fotbot_rpc_peers_refused_total", labels) or 0.0


async def test_the_role_that_may_is_answered(tmp_path: Path) -> None:
    hall = Hall(tmp_path)
    async with hall.open() as address:
        assert await say(address, identity(tmp_path, "gateway", OURS)) == "hello"
    assert hall.heard == ["hello"]


async def test_a_role_that_may_not_is_turned_away_logged_and_counted(tmp_path: Path) -> None:
    hall = Hall(tmp_path)
    before = refused_calls("sessions-worker")
    async with hall.open() as address:
        with structlog.testing.capture_logs() as logged, pytest.raises(RemoteRefusal) as refused:
            await say(address, identity(tmp_path, "sessions-worker", OURS))
    assert (refused.value.kind, refused.value.reason) == (Kind.FORBIDDEN, "PEER_NOT_ALLOWED")
    assert refused_calls("sessions-worker") == before + 1
    [line] = [one for one in logged if one["event"] == "a caller is turned away"]
    assert (line["role"], line["method"]) == ("sessions-worker", METHOD)
    assert hall.heard == []


@pytest.mark.parametrize(
    "ids",
    [
        (),
        (spiffe("gateway", domain="other.test"),),
        (spiffe("gateway", namespace="staging"),),
        (spiffe("gateway"), spiffe("sender")),
        (f"spiffe://{DOMAIN}/gateway",),
        (f"{spiffe('gateway')}/more",),
        ("https://fotbot.test/ns/football/sa/gateway",),
    ],
)
async def test_a_certificate_of_ours_that_names_nobody_of_ours_is_turned_away(
    tmp_path: Path, ids: tuple[str, ...]
) -> None:
    hall = Hall(tmp_path)
    before = refused_calls("unknown")
    chain, key = OURS.issue(*ids)
    credentials = grpc.ssl_channel_credentials(OURS.pem, key, chain)
    async with hall.open() as address, grpc.aio.secure_channel(address, credentials) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await echo_call(channel)(StringValue(value="hello"), timeout=5)
    assert refused.value.code() is grpc.StatusCode.PERMISSION_DENIED
    assert refused_calls("unknown") == before + 1
    assert hall.heard == []


async def test_who_shows_no_certificate_is_not_let_in(tmp_path: Path) -> None:
    hall = Hall(tmp_path)
    credentials = grpc.ssl_channel_credentials(OURS.pem)
    async with hall.open() as address, grpc.aio.secure_channel(address, credentials) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await echo_call(channel)(StringValue(value="hello"), timeout=2)
    assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
    assert hall.heard == []


async def test_another_authoritys_certificate_and_plain_text_are_not_let_in(
    tmp_path: Path,
) -> None:
    hall = Hall(tmp_path)
    strangers = identity(tmp_path / "strangers", "gateway", THEIRS, OURS)
    async with hall.open() as address:
        for stranger in (strangers, None):
            with pytest.raises(Unanswered, match="UNAVAILABLE"):
                await say(address, stranger, seconds=1.5)
    assert hall.heard == []


async def test_a_caller_does_not_talk_to_a_server_that_it_does_not_trust(tmp_path: Path) -> None:
    hall = Hall(tmp_path)
    wary = identity(tmp_path, "gateway", OURS, THEIRS)
    async with hall.open() as address:
        with pytest.raises(Unanswered, match=r"(?i)certificate|handshake|tsi"):
            await say(address, wary, seconds=1.5)
    assert hall.heard == []


async def test_a_caller_with_a_certificate_does_not_fall_back_to_plain_text(
    tmp_path: Path,
) -> None:
    heard: list[str] = []

    async def hear(text: str) -> str:
        heard.append(text)
        return text

    async with serving(partial(register, hear), [SERVICE]) as address:
        with pytest.raises(Unanswered, match="UNAVAILABLE"):
            await say(address, identity(tmp_path, "gateway", OURS), seconds=1.5)
    assert heard == []


async def test_health_is_told_to_everybody_who_is_trusted(tmp_path: Path) -> None:
    hall = Hall(tmp_path)
    chain, key = OURS.issue()
    credentials = grpc.ssl_channel_credentials(OURS.pem, key, chain)
    async with hall.open() as address, grpc.aio.secure_channel(address, credentials) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        answer = await stub.Check(health_pb2.HealthCheckRequest(service=SERVICE), timeout=5)
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_all_certificates_and_the_authority_are_renewed_and_no_call_fails(
    tmp_path: Path,
) -> None:
    hall = Hall(tmp_path)
    caller = identity(tmp_path, "gateway", OURS)
    both = {"gateway": caller, "users": hall.identity}
    answered, ended = 0, asyncio.Event()

    async def calling(channel: grpc.aio.Channel) -> None:
        nonlocal answered
        call = echo_call(channel)
        while not ended.is_set():
            with budget(5):
                assert (await call(StringValue(value="x"))).value == "x"
            answered += 1

    async def renewed(authority: Authority, *roots: Authority) -> None:
        """Everybody has new certificates, and calls went on under them."""
        before = {role: one.certificates for role, one in both.items()}
        for role in both:
            mount(tmp_path / role, authority.issue(spiffe(role)), *roots)
        await until(lambda: all(before[role] is not one.certificates for role, one in both.items()))
        count = answered
        await until(lambda: answered > count + 50)

    async with AsyncExitStack() as stack:
        for one in both.values():
            stack.callback(asyncio.create_task(one.follow(QUICKLY)).cancel)
        address = await stack.enter_async_context(hall.open())
        channel = await stack.enter_async_context(connect("echo", address, identity=caller))
        loops = [asyncio.create_task(calling(channel)) for _ in range(4)]
        await until(lambda: answered > 20)
        await renewed(OURS, OURS)
        await renewed(OURS, OURS, THEIRS)
        await renewed(THEIRS, OURS, THEIRS)
        await renewed(THEIRS, THEIRS)
        ended.set()
        await asyncio.gather(*loops)
        left_behind = identity(tmp_path / "old", "gateway", OURS, THEIRS)
        with pytest.raises(Unanswered):
            await say(address, left_behind, seconds=1.5)
        assert await say(address, mounted(tmp_path / "gateway")) == "hello"


async def test_a_key_that_is_not_the_certificates_is_not_taken(tmp_path: Path) -> None:
    hall = Hall(tmp_path)
    before = hall.identity.certificates
    following = asyncio.create_task(hall.identity.follow(QUICKLY))
    with structlog.testing.capture_logs() as logged:
        (tmp_path / "users" / "tls.key").write_bytes(OURS.issue(spiffe("users"))[1])
        await until(lambda: any("cannot be used" in line["event"] for line in logged))
        assert hall.identity.certificates is before
        mount(tmp_path / "users", OURS.issue(spiffe("sender")), OURS)
        await until(lambda: len([1 for line in logged if "cannot be used" in line["event"]]) > 1)
        assert hall.identity.certificates is before
        mount(tmp_path / "users", OURS.issue(spiffe("users")), OURS)
        await until(lambda: hall.identity.certificates is not before)
    following.cancel()
