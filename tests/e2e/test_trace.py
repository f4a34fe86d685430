"""One trace of one tap, as an OTLP collector receives it, and the log lines that carry its id."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from services.gateway.features.sessions.callbacks import JoinSession, LeaveSession
from tests.e2e.city import City
from tests.e2e.collector import Collector
from tests.e2e.league import league
from tests.e2e.webhook import deliver, tap
from tests.eventually import eventually


def lines(city: City, process: str) -> Iterator[dict[str, Any]]:
    """A process's log, line by line."""
    for line in (Path(city.logs) / f"{process}.log").read_text().splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def trace_of(city: City, update_id: int) -> str:
    """The trace id in the gateway's log line about an update."""
    return next(
        str(line["trace_id"])
        for line in lines(city, "gateway")
        if line.get("update_id") == update_id
    )


def kinds(spans: Collector, trace_id: str) -> set[tuple[str, str]]:
    """(service, what sort of span) of all that arrived of a trace."""
    return {(service, sort(span)) for service, span in spans.of_trace(trace_id)}


def sort(span: Any) -> str:
    attributes = {item.key: item.value.string_value for item in span.attributes}
    system = attributes.get("db.system.name") or attributes.get("db.system") or ""
    if system:
        return system
    return "rpc" if any(key.startswith("rpc.") for key in attributes) else "webhook"


async def test_one_trace_holds_webhook_grpc_sql_and_cache_spans_of_a_tap(
    city: City, spans: Collector
) -> None:
    async with league(city) as made:
        session, member = await made.session(capacity=5), await made.member()
    join = tap(member.telegram_id, JoinSession(session_id=session.id))
    await deliver(city.http, city.layout.webhook_url, join)
    wanted = {
        ("gateway", "webhook"),
        ("gateway", "rpc"),
        ("gateway", "redis"),
        ("sessions", "rpc"),
        ("sessions", "postgresql"),
        ("users", "rpc"),
    }

    async def arrived() -> bool:
        return wanted <= kinds(spans, trace_of(city, join["update_id"]))

    await eventually(arrived)


async def test_a_jobs_span_and_its_notices_link_to_the_tap_that_caused_them(
    city: City, spans: Collector
) -> None:
    async with league(city) as made:
        session = await made.session(capacity=2)
        members = [await made.member() for _ in range(3)]
    for member in members:
        join = tap(member.telegram_id, JoinSession(session_id=session.id))
        await deliver(city.http, city.layout.webhook_url, join)
    leave = tap(members[0].telegram_id, LeaveSession(session_id=session.id))
    await deliver(city.http, city.layout.webhook_url, leave)

    async def linked() -> bool:
        cause = trace_of(city, leave["update_id"])
        return {("sessions-worker", "notice"), ("sender", "send notice")} <= {
            (service, span.name)
            for service, span in spans.spans
            if any(link.trace_id.hex() == cause for link in span.links)
        }

    await eventually(linked, seconds=20)
