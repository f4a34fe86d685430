"""Logs: one JSON object a line, and nothing in it that should stay inside."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry import trace

from services.chassis import logs
from services.chassis.telemetry import parent

TOKEN = "1234567890:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawx"


class Lines:
    def __init__(self) -> None:
        self.stream = io.StringIO()
        logs.set_up("test", self.stream)

    def last(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(self.stream.getvalue().splitlines()[-1])
        return loaded


@pytest.fixture
def lines() -> Iterator[Lines]:
    yield Lines()
    logs.set_up("test")


def test_a_line_names_service_level_time_and_values(lines: Lines) -> None:
    logs.logger("here").info("something happened", count=3, names=["a", "b"])
    line = lines.last()
    assert line["event"] == "something happened"
    assert (line["service"], line["level"], line["module"]) == ("test", "info", "here")
    assert (line["count"], line["names"]) == (3, ["a", "b"])
    assert line["timestamp"].endswith("Z")


def test_a_line_carries_the_trace_under_way(lines: Lines) -> None:
    context = parent(f"00-{'a' * 32}-{'b' * 16}-01")
    with trace.use_span(trace.get_current_span(context)):
        logs.logger("here").info("inside")
    assert (lines.last()["trace_id"], lines.last()["span_id"]) == ("a" * 32, "b" * 16)


def test_an_exception_is_one_line(lines: Lines) -> None:
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        logs.logger("here").exception("it failed")
    assert len(lines.stream.getvalue().splitlines()) == 1
    assert "ValueError: first" in lines.last()["exception"]


@pytest.mark.parametrize("end", ["\r\n", "\x1b[31m", "\x00", "\x9b", "\u2028", "\u202e"])
def test_control_characters_come_out_escaped(lines: Lines, end: str) -> None:
    logs.logger("here").info("named", name=f"Ali{end}forged", inner={"name": end})
    assert end not in lines.last()["name"]
    assert end not in lines.last()["inner"]["name"]
    assert lines.last()["name"].endswith("forged")


@settings(deadline=None)
@given(st.text(alphabet=st.characters(categories=["Cs", "Cc", "Lu"])))
def test_any_text_makes_exactly_one_line(text: str) -> None:
    lines = Lines()
    logs.logger("here").info("named", name=text)
    assert lines.stream.getvalue().count("\n") == 1
    assert lines.last()["event"] == "named"


@pytest.mark.parametrize(
    "secret",
    [
        TOKEN,
        f"https://api.telegram.org/bot{TOKEN}/getMe",
        "+998901234567",
        "998901234567",
        "phone:998901234567",
        "+998 (90) 123-45-67",
        "postgresql://fotbot:hunter2@db/fotbot",
    ],
)
def test_tokens_phones_and_passwords_stay_inside(lines: Lines, secret: str) -> None:
    logs.logger("here").info(f"saw {secret} there", also=[secret], error=ValueError(secret))
    text = lines.stream.getvalue()
    for part in (TOKEN, "1234567", "123-45-67", "hunter2"):
        assert part not in text


@pytest.mark.parametrize(
    "innocent",
    [
        "tg:7000000001:987654321:2",
        "2026-11-24T05:43:38.123456Z",
        "2026-11-24 18:30",
        "550e8400-e29b-41d4-a716-446655440000",
        "user 7000000001",
        "-1001234567890",
    ],
)
def test_ids_and_times_are_left_alone(lines: Lines, innocent: str) -> None:
    logs.logger("here").info("saw", what=innocent)
    assert lines.last()["what"] == innocent


def test_a_registered_secret_stays_inside(lines: Lines) -> None:
    logs.hide("tumbleweed-42")
    logs.logger("here").info("saw tumbleweed-42", error=RuntimeError("tumbleweed-42"))
    assert "tumbleweed-42" not in lines.stream.getvalue()


def test_libraries_log_the_same_way(lines: Lines) -> None:
    logging.getLogger("some.package").warning("token %s", TOKEN)
    assert lines.last()["event"] == "token [hidden]"
    assert lines.last()["service"] == "test"
