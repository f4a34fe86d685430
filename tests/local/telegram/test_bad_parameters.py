"""Whatever a bot sends, it is answered or refused; nothing else is ever raised."""

import contextlib
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services.local.telegram.errors import ApiError
from services.local.telegram.methods import METHODS
from services.local.telegram.params import Params, parse_body
from services.local.telegram.telegram import Telegram, open_telegram
from tests.local.telegram.running import TOKEN, call

NAMES = (
    *("chat_id", "message_id", "text", "caption", "parse_mode", "entities", "caption_entities"),
    *("reply_markup", "reply_parameters", "reply_to_message_id", "photo", "file_id", "action"),
    *("callback_query_id", "show_alert", "url", "commands", "scope", "language_code"),
    *("secret_token", "max_connections", "allowed_updates", "drop_pending_updates"),
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(
        [
            "1002",
            "\ud800",
            "\0",
            "{",
            "[[]]",
            "HTML",
            "<b>",
            1002,
            1,
            2,
            2**63,
            10**400,
            float("inf"),
        ]
    )
)
KEYS = st.sampled_from(
    [
        *("inline_keyboard", "keyboard", "remove_keyboard", "text", "callback_data", "url"),
        *("type", "offset", "length", "message_id", "command", "description", "style", "copy_text"),
    ]
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def telegram() -> Iterator[Telegram]:
    """Person 1002 has started the bot, which has written one message."""
    found = open_telegram(":memory:", TOKEN, limited=False)
    person = found.people.find(1002)
    assert person
    found.people.set_started(person.id)
    call(found, "sendMessage", chat_id=1002, text="a")
    yield found
    found.store.close()


@pytest.mark.parametrize("method", sorted(METHODS))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(params={"chat_id": 2**63})
@example(params={"message_id": float("inf"), "reply_to_message_id": -(2**64)})
@example(params={"reply_parameters": {"message_id": [1]}})
@given(params=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6))
def test_any_parameters_are_answered_or_refused(
    telegram: Telegram, method: str, params: dict[str, object]
) -> None:
    known = {"chat_id": 1002, "message_id": 1, "text": "a"} | params
    with contextlib.suppress(ApiError):
        call(telegram, method, **known)


@given(
    st.sampled_from(
        [
            "application/json",
            "multipart/form-data; boundary=b",
            "multipart/form-data",
            "application/x-www-form-urlencoded",
            "",
            ";;;",
            "text/plain",
        ]
    ),
    st.binary(max_size=60)
    | st.lists(
        st.sampled_from(
            [
                b"--b",
                b"\r\n",
                b"\r\n\r\n",
                b"--",
                b'{"a":',
                b"1}",
                b"[",
                b"a=b&",
                b"%ff",
                b"content-disposition: form-data; name=a",
                b'; filename="f"',
            ]
        )
    ).map(b"".join),
)
def test_any_body_is_read_or_refused(content_type: str, body: bytes) -> None:
    with contextlib.suppress(ApiError):
        assert isinstance(parse_body(content_type, body, {}), Params)


def test_a_body_nested_too_deeply_is_refused() -> None:
    with pytest.raises(ApiError, match="can't parse JSON object"):
        parse_body("application/json", b'{"a":' * 100_000, {})
