"""Answers as Bot API calls, and Telegram's limits on them."""

from __future__ import annotations

import json

import pytest
from aiogram.filters.callback_data import CallbackData
from hypothesis import given, settings
from hypothesis import strategies as st

from services.gateway.answers import Answer, Button, Screen, Style
from services.gateway.conversation_records import REMEMBERED_MOVES, Record
from services.gateway.conversations import Conversation
from services.gateway.fitting import CAPTION_LIMIT, TEXT_LIMIT, fitted_html, shown_length
from services.gateway.incoming import Incoming
from services.gateway.quick_reading import read
from services.gateway.rendering import NOTHING, Rendered, faults, render
from tests.gateway.gate import message, pressed


class Long(CallbackData, prefix="long"):
    text: str


TAP: Incoming = read(json.dumps({"update_id": 1, **pressed(7, "x")}).encode())
MESSAGE: Incoming = read(json.dumps({"update_id": 1, **message(7, "x")}).encode())


def test_an_answer_without_a_screen_to_a_message_says_its_toast_as_text() -> None:
    body = json.loads(render(Answer(toast="a < b"), MESSAGE).body)
    assert body["text"] == "a &lt; b"
    assert render(Answer(), MESSAGE) == NOTHING


def test_a_tap_is_always_answered() -> None:
    rendered = render(Answer(), TAP)
    assert json.loads(rendered.body) == {
        "method": "answerCallbackQuery",
        "callback_query_id": TAP.query_id,
    }
    assert rendered.screen is None


@pytest.mark.parametrize(
    "screen",
    [
        Screen(text="x", menu=(("a", "b"),)),
        Screen(text="x", ask_contact="share"),
        Screen(text="x", remove_menu=True),
    ],
)
def test_a_reply_keyboard_comes_with_a_new_message(screen: Screen) -> None:
    shown = render(Answer(screen=screen), TAP).screen
    assert shown is not None
    assert (shown.method, shown.message_id) == ("sendMessage", None)
    assert "reply_markup" in json.loads(shown.parameters)


def test_a_photo_comes_as_a_new_message_with_the_text_under_it() -> None:
    screen = Screen(text="<b>receipt</b>", photo="file-1", buttons=((Button(text="x", url="u"),),))
    shown = render(Answer(screen=screen), TAP).screen
    assert shown is not None
    assert (shown.method, shown.message_id) == ("sendPhoto", None)
    parameters = json.loads(shown.parameters)
    assert parameters["photo"] == "file-1"
    assert parameters["caption"] == "<b>receipt</b>"
    assert "text" not in parameters and "reply_markup" in parameters
    body = json.loads(render(Answer(screen=screen), MESSAGE).body)
    assert body == {**parameters, "method": "sendPhoto"}


def test_a_text_cannot_take_the_place_of_a_photo() -> None:
    update = {"update_id": 1, **pressed(7, "x")}
    under = update["callback_query"]["message"]
    del under["text"]
    under["photo"] = [{"file_id": "file-1"}]
    shown = render(Answer(screen=Screen(text="x")), read(json.dumps(update).encode())).screen
    assert shown is not None
    assert (shown.method, shown.message_id) == ("sendMessage", None)


def test_a_caption_is_shorter_than_a_message() -> None:
    answer = Answer(screen=Screen(text="x" * (CAPTION_LIMIT + 1), photo="file-1"))
    assert len(faults(answer)) == 1
    shown = render(answer, TAP).screen
    assert shown is not None
    assert json.loads(shown.parameters)["caption"] == "x" * (CAPTION_LIMIT - 1) + "…"


def test_buttons_are_rendered_with_their_colour() -> None:
    row = (Button(text="go", url="https://t.me/x", style=Style.SUCCESS),)
    body = json.loads(render(Answer(screen=Screen(text="x", buttons=(row,))), MESSAGE).body)
    expected = {"text": "go", "url": "https://t.me/x", "style": "success"}
    assert body["reply_markup"] == {"inline_keyboard": [[expected]]}


def test_what_telegram_would_refuse_is_told_to_tests_and_left_out() -> None:
    row = (Button(text="long", data=Long(text="x" * 64)), Button(text="none"))
    answer = Answer(screen=Screen(text="", buttons=(row,)), toast="t" * 201)
    assert len(faults(answer)) == 4
    rendered = render(answer, TAP)
    assert len(json.loads(rendered.body)["text"]) == 200
    assert rendered.screen is not None
    assert json.loads(rendered.screen.parameters)["reply_markup"] == {"inline_keyboard": [[]]}


def test_a_good_answer_has_no_faults() -> None:
    assert faults(Answer(screen=Screen(text="<b>x</b>"), toast="ok")) == []


@settings(max_examples=20, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab\N{SOCCER BALL}\N{GRINNING FACE}&<"), max_size=300))
def test_a_text_that_is_too_long_is_cut_with_its_tags_closed(text: str) -> None:
    safe = text.replace("&", "&amp;").replace("<", "&lt;")
    html = f"<b>{safe}<i>" + "x\N{GRINNING FACE}" * 2000 + "</i></b>"
    cut = fitted_html(html)
    assert shown_length(cut) <= TEXT_LIMIT
    assert cut.count("<b>") == cut.count("</b>")
    assert cut.count("<i>") == cut.count("</i>")


def test_a_text_as_long_as_allowed_stays_whole() -> None:
    html = "&amp;" * TEXT_LIMIT
    assert fitted_html(html) == html


def test_a_rendered_answer_survives_being_remembered() -> None:
    rendered = render(Answer(screen=Screen(text="x"), toast="y"), TAP)
    assert Rendered.from_json(rendered.to_json()) == rendered
    assert Rendered.from_json(NOTHING.to_json()) == NOTHING


def test_a_record_remembers_the_last_moves_alone() -> None:
    record = Record()
    for update_id in range(REMEMBERED_MOVES + 2):
        talk = Conversation(name="n", step=str(update_id), data={"a": "b"})
        record = record.moved(talk, update_id, NOTHING)
    assert Record.from_json(record.version, record.to_json()) == record
    assert record.answer_to(0) is None
    assert record.answer_to(REMEMBERED_MOVES + 1) == NOTHING
