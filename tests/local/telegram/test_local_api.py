"""What people do through /local, what the bot sees of it, and who may come in at all."""

from typing import Any

import pytest

from services.local.telegram.people import GROUP_ID
from tests.local.telegram.running import Json, Running, call, hooked, running


async def newest(local: Running) -> Json:
    """The last update that waits for the bot."""
    updates: list[Json] = await local.result("getUpdates")
    return updates[-1]


async def test_the_first_start_has_an_organiser_players_in_three_languages_and_a_group() -> None:
    async with running() as local, local.http.get(f"{local.url}/local/state") as response:
        state = await response.json()
    organiser, *players = state["people"]
    assert (organiser["id"], organiser["organiser"]) == (1001, True)
    assert {player["language_code"] for player in players} == {"uz", "ru", "en"}
    assert not any(player["organiser"] or player["started"] for player in players)
    assert [entry["chat"]["type"] for entry in organiser["chats"]] == ["private", "supergroup"]
    assert state["bot"]["username"] == "fotbot_local_bot"


async def test_a_person_can_be_added_and_written_to_when_he_has_started() -> None:
    async with running() as local:
        url = f"{local.url}/local/people"
        body = {"first_name": "Zuhra", "language_code": "ru", "id": 5000, "started": True}
        async with local.http.post(url, json=body) as response:
            assert response.status == 201
            assert (await response.json())["id"] == 5000
        async with local.http.post(url, json=body) as response:
            assert response.status == 409
        async with local.http.post(url, json={"first_name": " "}) as response:
            assert response.status == 400
        await local.result("sendMessage", chat_id=5000, text="a")


async def test_a_long_text_arrives_in_pieces() -> None:
    async with running() as local:
        await local.act(1002, "say", text="a" * 5000)
        lengths = [len(message["text"]) for message in await local.messages(1002)]
        assert lengths == [4096, 904]


async def test_in_a_group_the_bot_sees_commands_and_replies_to_it_and_no_talk() -> None:
    async with running() as local:
        posted = await local.result("sendMessage", chat_id=GROUP_ID, text="3 places left")
        reply = {"reply_to": posted["message_id"]}
        acts: list[tuple[Json, bool]] = [
            ({"text": "hello"}, False),
            ({"text": "/start"}, True),
            ({"text": "/start@fotbot_local_bot x"}, True),
            ({"text": "/start@other_bot"}, False),
            ({"text": "me too"} | reply, True),
        ]
        for body, seen in acts:
            done = await local.act(1002, "say", chat=GROUP_ID, **body)
            assert (done["update_id"] is not None) is seen, body
        assert len(await local.messages(1003, GROUP_ID)) == 6


async def test_a_contact_names_whose_it_is() -> None:
    async with running() as local:
        await local.act(1002, "contact")
        assert (await newest(local))["message"]["contact"] == {
            "phone_number": "998900001002",
            "first_name": "Dilnoza",
            "last_name": "Yusupova",
            "user_id": 1002,
        }
        await local.act(1002, "contact", of=1003)
        message = (await newest(local))["message"]
        assert (message["from"]["id"], message["contact"]["user_id"]) == (1002, 1003)


async def test_a_press_carries_the_message_or_says_that_it_is_gone() -> None:
    async with running() as local:
        await local.act(1002, "say", text="/start")
        sent = await local.result("sendMessage", chat_id=1002, text="a")
        place = {"message_id": sent["message_id"]}
        await local.act(1002, "press", **place, data="x")
        query = (await newest(local))["callback_query"]
        assert (query["message"], query["data"], query["from"]["id"]) == (sent, "x", 1002)
        await local.result("deleteMessage", chat_id=1002, **place)
        await local.act(1002, "press", **place, data="x")
        gone = (await newest(local))["callback_query"]["message"]
        assert (gone["date"], gone["message_id"]) == (0, sent["message_id"])
        assert (await local.act(1002, "press", **place, data="я" * 33))["error_code"] == 400


async def test_a_press_can_wait_for_its_answer() -> None:
    def handle(update: Json) -> Json:
        query_id = update["callback_query"]["id"]
        answer = {"callback_query_id": query_id, "text": "In, place 7"}
        return {"method": "answerCallbackQuery"} | answer

    async with running() as local, hooked(handle) as hook:
        local.listen_to(hook)
        pressed = await local.act(1002, "press", message_id=1, data="join", wait=10)
        assert pressed["answer"] == {"text": "In, place 7", "show_alert": False, "url": None}


async def test_blocking_and_unblocking_are_told_once_each() -> None:
    async with running() as local:
        for blocked, seen in ((True, True), (True, False), (False, True), (False, False)):
            done = await local.act(1002, "block", blocked=blocked)
            assert (done["update_id"] is not None) is seen
        member = (await newest(local))["my_chat_member"]
        assert (member["old_chat_member"]["status"], member["chat"]["id"]) == ("kicked", 1002)
        assert member["new_chat_member"]["status"] == "member"


async def test_a_one_time_keyboard_goes_when_it_is_used_and_others_stay() -> None:
    async with running() as local:
        await local.act(1002, "say", text="/start")
        for once in (False, True):
            keyboard = {"keyboard": [["Yes"]], "one_time_keyboard": once}
            await local.result("sendMessage", chat_id=1002, text="?", reply_markup=keyboard)
            await local.act(1002, "say", text="Yes")
            assert (local.telegram.chats.keyboard(1002) is None) is once


async def test_what_a_stranger_asks_for_is_refused() -> None:
    async with running() as local:
        assert (await local.act(9, "say", text="a"))["error_code"] == 404
        assert (await local.act(10**30, "say", text="a"))["error_code"] == 404
        assert (await local.act(1002, "say", text="a", chat=10**30))["error_code"] == 400
        assert (await local.act(1002, "say", text="a", chat=1003))["error_code"] == 404
        assert (await local.act(1002, "say", text=" \0"))["error_code"] == 400
        await local.act(1002, "block")
        assert (await local.act(1002, "say", text="a"))["error_code"] == 409


async def test_events_tell_of_messages_answers_and_reads_as_they_happen() -> None:
    async with running() as local, local.http.get(f"{local.url}/local/events") as stream:
        assert (await stream.content.readline()).startswith(b":")
        await local.act(1002, "say", text="/start")
        call(local.telegram, "sendChatAction", chat_id=1002, action="typing")
        await local.act(1002, "read")
        lines: list[bytes] = []
        while len(lines) < 3:
            line = await stream.content.readline()
            lines += [line] if line.startswith(b"data:") else []
    assert [
        name in line for name, line in zip((b"message", b"action", b"read"), lines, strict=True)
    ]
    assert b'"text": "/start"' in lines[0]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
    ],
)
async def test_other_peoples_pages_are_kept_out(headers: dict[str, Any]) -> None:
    async with running() as local:
        for path in ("/", "/local/state", "/bot1000000:local/getMe"):
            async with local.http.get(local.url + path, headers=headers) as response:
                assert response.status == 403
        async with local.http.get(local.url, headers={"Origin": local.url}) as response:
            assert response.status == 200
            assert "default-src 'none'" in response.headers["Content-Security-Policy"]


async def test_health_is_answered_on_the_same_port() -> None:
    async with running() as local:
        for path in ("/livez", "/readyz"):
            async with local.http.get(local.url + path) as response:
                assert response.status == 200


@pytest.mark.parametrize("bad", [{"id": 0}, {"id": -5}, {"id": 2**60}, {"id": "x"}])
async def test_a_person_needs_a_good_id(bad: Json) -> None:
    async with running() as local:
        url = f"{local.url}/local/people"
        async with local.http.post(url, json={"first_name": "A"} | bad) as response:
            assert response.status == 400
