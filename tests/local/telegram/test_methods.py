"""The Bot API's methods over HTTP, and how they refuse."""

import asyncio
import struct
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from services.local.telegram.people import GROUP_ID
from tests.eventually import until
from tests.local.telegram.running import TOKEN, Clock, Running, running

BUTTON = {"inline_keyboard": [[{"text": "Join", "callback_data": "join"}]]}
PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 320, 200) + bytes(5)


@pytest.fixture
async def local() -> AsyncIterator[Running]:
    """Two people of whom 1002 has started the bot."""
    async with running() as found:
        await found.act(1002, "say", text="/start")
        yield found


async def refusal(local: Running, name: str, **params: Any) -> tuple[int, str]:
    answer = await local.method(name, **params)
    assert not answer["ok"], answer
    return answer["error_code"], answer["description"]


async def test_a_wrong_token_is_401_and_an_unknown_method_404(local: Running) -> None:
    async with local.http.get(f"{local.url}/bot1000000:loca/getMe") as response:
        assert response.status == 401
        assert (await response.json())["description"] == "Unauthorized"
    assert await refusal(local, "sendDice") == (404, "Not Found: method not found")


async def test_json_forms_multipart_and_queries_are_one(local: Running) -> None:
    url = f"{local.url}/bot{TOKEN}/sendMessage"
    fields = {"chat_id": "1002", "text": "ok", "reply_markup": '{"remove_keyboard": true}'}
    multipart = aiohttp.FormData(fields, default_to_multipart=True)
    for sent in ({"json": fields}, {"data": fields}, {"data": multipart}, {"params": fields}):
        async with local.http.post(url, **sent) as response:
            assert response.status == 200, await response.text()
    async with local.http.get(url, params=fields) as response:
        assert response.status == 200
    assert [message["text"] for message in await local.messages(1002)][1:] == ["ok"] * 5


async def test_who_may_be_written_to(local: Running) -> None:
    blocked = (403, "Forbidden: bot was blocked by the user")
    unknown = (400, "Bad Request: chat not found")
    first = (403, "Forbidden: bot can't initiate conversation with a user")
    assert await refusal(local, "sendMessage", chat_id=1003, text="a") == first
    assert await refusal(local, "sendMessage", chat_id=77, text="a") == unknown
    assert await refusal(local, "sendMessage", chat_id="@nobody", text="a") == unknown
    await local.act(1002, "block", blocked=True)
    assert await refusal(local, "sendMessage", chat_id=1002, text="a") == blocked
    await local.act(1002, "block", blocked=False)
    await local.result("sendMessage", chat_id=1002, text="a")


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n"}, "message text is empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"text": "⚽" * 4097}, "message is too long"),
        ({"text": "🏆" * 2049}, "message is too long"),
        ({"text": "a\ud800"}, "strings must be encoded in UTF-8"),
        ({"text": "a", "reply_markup": "{"}, "can't parse reply_markup JSON object"),
        ({"text": "a", "reply_markup": [1]}, "object expected as reply_markup"),
        ({"text": "a", "parse_mode": "Markup"}, "unsupported parse_mode"),
        ({"text": "a", "reply_parameters": {"message_id": 99}}, "message to be replied not found"),
        ({"text": "a", "entities": [1]}, "can't parse entities"),
    ],
)
async def test_a_bad_message_is_refused(local: Running, params: Any, words: str) -> None:
    answer = await refusal(local, "sendMessage", chat_id=1002, **params)
    assert answer == (400, f"Bad Request: {words}")


async def test_markup_is_not_counted_in_a_messages_length(local: Running) -> None:
    text = f"<b>{'&amp;' * 4096}</b>"
    message = await local.result("sendMessage", chat_id=1002, text=text, parse_mode="HTML")
    assert message["text"] == "&" * 4096


async def test_an_edit_changes_text_and_keyboard_and_says_when_it_changes_nothing(
    local: Running,
) -> None:
    sent = await local.result("sendMessage", chat_id=1002, text="a", reply_markup=BUTTON)
    place = {"chat_id": 1002, "message_id": sent["message_id"]}
    code, words = await refusal(local, "editMessageText", **place, text="a", reply_markup=BUTTON)
    assert (code, words.partition(": s")[0]) == (400, "Bad Request: message is not modified")
    edited = await local.result("editMessageText", **place, text="a")
    assert "reply_markup" not in edited
    assert edited["edit_date"]
    edited = await local.result("editMessageReplyMarkup", **place, reply_markup=BUTTON)
    assert edited["reply_markup"] == BUTTON
    code, words = await refusal(local, "editMessageReplyMarkup", **place, reply_markup=BUTTON)
    assert "message is not modified" in words


async def test_only_the_bots_own_messages_can_be_edited(local: Running) -> None:
    (started,) = await local.messages(1002)
    place = {"chat_id": 1002, "text": "b"}
    edit = await refusal(local, "editMessageText", message_id=started["message_id"], **place)
    assert edit == (400, "Bad Request: message can't be edited")
    missing = await refusal(local, "editMessageText", message_id=99, **place)
    assert missing == (400, "Bad Request: message to edit not found")


async def test_a_message_can_be_deleted_for_two_days() -> None:
    clock = Clock()
    async with running(clock=clock) as local:
        await local.act(1002, "say", text="/start")
        old = await local.result("sendMessage", chat_id=1002, text="a")
        new = await local.result("sendMessage", chat_id=1002, text="b")
        await local.result("deleteMessage", chat_id=1002, message_id=new["message_id"])
        again = await refusal(local, "deleteMessage", chat_id=1002, message_id=new["message_id"])
        assert again == (400, "Bad Request: message to delete not found")
        clock.now += 48 * 3600 + 1
        late = await refusal(local, "deleteMessage", chat_id=1002, message_id=old["message_id"])
        assert late == (400, "Bad Request: message can't be deleted")


async def test_a_press_can_be_answered_for_150_seconds_and_shows_the_first_answer() -> None:
    clock = Clock()
    async with running(clock=clock) as local:
        await local.act(1002, "say", text="/start")
        sent = await local.result("sendMessage", chat_id=1002, text="a", reply_markup=BUTTON)
        press = {"message_id": sent["message_id"], "data": "join"}
        pressed = [await local.act(1002, "press", **press) for _ in range(2)]
        one, other = (press["callback_query_id"] for press in pressed)
        await local.result("answerCallbackQuery", callback_query_id=one, text="In")
        await local.result("answerCallbackQuery", callback_query_id=one, text="again")
        shown = local.telegram.presses.answer_to(one)
        assert shown == {"text": "In", "show_alert": False, "url": None}
        long = await refusal(local, "answerCallbackQuery", callback_query_id=other, text="a" * 201)
        assert long == (400, "Bad Request: MESSAGE_TOO_LONG")
        clock.now += 151
        code, words = await refusal(local, "answerCallbackQuery", callback_query_id=other)
        assert (code, "query is too old" in words) == (400, True)


async def test_a_photo_can_be_sent_by_file_id_and_fetched(local: Running) -> None:
    where = f"{local.url}/local/1002/photo?caption=paid"
    async with local.http.post(where, data=PNG) as response:
        assert response.status == 200
    (photo,) = (await local.messages(1002))[-1]["photo"]
    assert (photo["width"], photo["height"], photo["file_size"]) == (320, 200, len(PNG))
    sent = await local.result("sendPhoto", chat_id=1002, photo=photo["file_id"], caption="<3")
    assert sent["photo"] == [photo]
    file = await local.result("getFile", file_id=photo["file_id"])
    async with local.http.get(f"{local.url}/file/bot{TOKEN}/{file['file_path']}") as response:
        assert (response.content_type, await response.read()) == ("image/png", PNG)
    assert (await refusal(local, "sendPhoto", chat_id=1002, photo="nothing"))[0] == 400


async def test_a_photo_can_be_uploaded_and_nonsense_cannot(local: Running) -> None:
    url = f"{local.url}/bot{TOKEN}/sendPhoto"
    for content, status in ((PNG, 200), (b"GIF89a", 400), (b"", 400)):
        form = aiohttp.FormData({"chat_id": "1002", "photo": "attach://p"})
        form.add_field("p", content, filename="p.png")
        async with local.http.post(url, data=form) as response:
            assert response.status == status


async def test_commands_are_kept_by_scope_and_language(local: Running) -> None:
    commands = [{"command": "help", "description": "Yordam"}]
    await local.result("setMyCommands", commands=commands, language_code="uz")
    assert await local.result("getMyCommands", language_code="uz") == commands
    assert await local.result("getMyCommands") == []
    async with local.http.get(f"{local.url}/local/state") as response:
        shown = (await response.json())["commands"]
    assert (shown["uz"], shown["ru"]) == (commands, [])


async def test_the_webhook_setting_is_checked_and_told(local: Running) -> None:
    for bad in ({"url": "nonsense"}, {"url": "https://x.uz", "secret_token": "ж"}):
        assert (await refusal(local, "setWebhook", **bad))[0] == 400
    url = "http://127.0.0.1:1/hook"
    kinds = ["message"]
    await local.result("setWebhook", url=url, max_connections=7, allowed_updates=kinds)
    info = await local.result("getWebhookInfo")
    assert (info["url"], info["max_connections"]) == (url, 7)
    assert (info["pending_update_count"], info["allowed_updates"]) == (1, kinds)
    assert await refusal(local, "getUpdates") == (
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to "
        "delete the webhook first",
    )
    await local.result("deleteWebhook", drop_pending_updates=True)
    assert await local.result("getUpdates") == []


async def test_a_poller_waits_for_updates_confirms_by_offset_and_yields_to_a_newer_one(
    local: Running,
) -> None:
    (started,) = await local.result("getUpdates")
    assert started["message"]["text"] == "/start"
    assert await local.result("getUpdates") == [started]
    offset = started["update_id"] + 1
    waiting = {"offset": offset, "timeout": 30}
    first = asyncio.create_task(local.method("getUpdates", **waiting))
    await until(lambda: not local.telegram.updates.pending())
    second = asyncio.create_task(local.result("getUpdates", **waiting))
    assert (await first)["error_code"] == 409
    await local.act(1002, "say", text="hi")
    (said,) = await second
    assert (said["update_id"], said["message"]["text"]) == (offset, "hi")


async def test_sending_too_fast_is_429_but_answers_to_presses_are_not_limited() -> None:
    async with running(limited=True, clock=Clock()) as local:
        await local.act(1002, "say", text="/start")
        for _ in range(20):
            sent = await local.result("sendMessage", chat_id=GROUP_ID, text="a")
        edit = {"chat_id": GROUP_ID, "message_id": sent["message_id"], "text": "b"}
        answer = await local.method("editMessageText", **edit)
        assert answer["parameters"] == {"retry_after": 3}
        pressed = await local.act(1002, "press", message_id=1, data="a", chat=GROUP_ID)
        await local.result("answerCallbackQuery", callback_query_id=pressed["callback_query_id"])


async def test_descriptions_are_kept_by_language_and_fall_back_to_everybodys(
    local: Running,
) -> None:
    for what, longest in (("description", 512), ("short_description", 120)):
        method = "MyDescription" if what == "description" else "MyShortDescription"
        await local.result(f"set{method}", **{what: "Football"})
        await local.result(f"set{method}", **{what: "Футбол", "language_code": "ru"})
        assert await local.result(f"get{method}", language_code="ru") == {what: "Футбол"}
        assert await local.result(f"get{method}", language_code="uz") == {what: "Football"}
        await local.result(f"set{method}", language_code="ru")
        assert await local.result(f"get{method}", language_code="ru") == {what: "Football"}
        code, _ = await refusal(local, f"set{method}", **{what: "x" * (longest + 1)})
        assert code == 400


async def test_a_languages_menu_can_be_taken_away(local: Running) -> None:
    commands = [{"command": "start", "description": "Menu"}]
    await local.result("setMyCommands", commands=commands, language_code="ru")
    assert await local.result("getMyCommands", language_code="ru") == commands
    await local.result("deleteMyCommands", language_code="ru")
    assert await local.result("getMyCommands", language_code="ru") == []
