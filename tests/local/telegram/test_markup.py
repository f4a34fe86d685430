"""Keyboards are checked as the Bot API checks them."""

from typing import Any

import pytest

from services.local.telegram.errors import ApiError
from services.local.telegram.markup import checked


def inline(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "a"} | button]]}


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        (inline(callback_data="я" * 33), "BUTTON_DATA_INVALID"),
        (inline(callback_data=""), "BUTTON_DATA_INVALID"),
        (inline(), "Text buttons are unallowed in the inline keyboard"),
        (inline(callback_data="a", url="https://x.uz"), "exactly one optional field"),
        (inline(url="javascript:alert(1)"), "Wrong HTTP URL"),
        (inline(text="", callback_data="a"), "Text must be non-empty"),
        (inline(callback_data="a", style="pink"), "Invalid button style"),
        ({"inline_keyboard": {}}, "Array of Arrays"),
        ({"inline_keyboard": [[{"text": "a", "callback_data": "a"}] * 101]}, "too long"),
        ({"something": 1}, "object expected as reply markup"),
    ],
)
def test_a_bad_keyboard_is_refused(markup: dict[str, Any], words: str) -> None:
    with pytest.raises(ApiError) as refusal:
        checked(markup, private=True)
    assert refusal.value.code == 400
    assert words in refusal.value.description


def test_sixty_four_bytes_of_data_pass_and_empty_rows_go() -> None:
    markup = inline(callback_data="я" * 32)
    padded = {"inline_keyboard": [[], *markup["inline_keyboard"], []]}
    assert checked(padded, private=True) == markup
    assert checked({"inline_keyboard": [[]]}, private=True) is None


def test_a_phone_number_can_only_be_asked_for_in_a_private_chat() -> None:
    markup = {"keyboard": [["plain", {"text": "phone", "request_contact": True}]]}
    kept = checked(markup, private=True)
    assert kept and kept["keyboard"][0][0] == {"text": "plain"}
    with pytest.raises(ApiError, match="private chats only"):
        checked(markup, private=False)
