"""The chat page in a real browser, against a small scripted bot."""

import struct
import zlib
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, FilePayload, Page, ViewportSize, expect

from services.local.telegram.people import GROUP_ID
from tests.browser.chromium import chromium, needs_chromium, opened
from tests.local.telegram.running import Json, Running, hooked, running

pytestmark = needs_chromium

MENU = {
    "keyboard": [["⚽ Sessions"], [{"text": "📱 My number", "request_contact": True}]],
    "resize_keyboard": True,
}
CARD = {
    "inline_keyboard": [
        [
            {"text": "Join", "callback_data": "join", "style": "success"},
            {"text": "Rules", "callback_data": "rules"},
        ],
        [{"text": "Slow", "callback_data": "slow"}],
        [{"text": "Invite", "url": "https://t.me/fotbot_local_bot?start=team_7"}],
    ]
}
CARD_TEXT = (
    "<b>Thursday</b>, <a href='https://t.me/fotbot_local_bot?start=s_1'>link</a>\n<pre>1 A</pre>"
)
ANSWERS = {"join": ("You are in, place 7", False), "rules": ("Bring water", True)}


def scripted(update: Json) -> Json | None:
    """Greets, shows a card, answers presses, repeats names, photos and contacts."""
    if query := update.get("callback_query"):
        text, alert = ANSWERS.get(query["data"], ("", False))
        answer = {"callback_query_id": query["id"], "text": text, "show_alert": alert}
        return {"method": "answerCallbackQuery"} | answer if text else None
    message = update.get("message")
    if message is None:
        return None
    to = {"method": "sendMessage", "chat_id": message["chat"]["id"], "parse_mode": "HTML"}
    text = message.get("text", "")
    if text.startswith("/start"):
        return to | {"text": f"Welcome! {text.removeprefix('/start')}", "reply_markup": MENU}
    if "Sessions" in text:
        return to | {"text": CARD_TEXT, "reply_markup": CARD}
    if contact := message.get("contact"):
        whose = "own" if contact["user_id"] == message["from"]["id"] else "another's"
        return to | {"text": f"Thanks for {whose} number"}
    if photo := message.get("photo"):
        return to | {"method": "sendPhoto", "photo": photo[-1]["file_id"], "caption": "Got it"}
    return None


@pytest.fixture
async def local() -> AsyncIterator[Running]:
    async with running() as found, hooked(scripted) as hook:
        found.listen_to(hook)
        yield found


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as found:
        yield found


@pytest.fixture
async def page(local: Running, browser: Browser) -> AsyncIterator[Page]:
    async with opened(browser, local.url) as found:
        yield found


async def start(page: Page, person: int) -> None:
    await page.locator(f"[data-person='{person}']").click()
    await page.get_by_role("button", name="Start", exact=True).click()
    await expect(page.locator("[data-from=bot]").last).to_contain_text("Welcome!")


async def show_card(page: Page, person: int) -> None:
    await start(page, person)
    await page.get_by_role("button", name="⚽ Sessions").click()
    await expect(page.get_by_role("button", name="Join")).to_be_visible()


async def test_a_person_starts_the_bot_and_writes_to_it(page: Page) -> None:
    await start(page, 1002)
    await page.get_by_label("Message", exact=True).fill("Salom")
    await page.get_by_label("Message", exact=True).press("Enter")
    await expect(page.locator("[data-from='1002']").last).to_contain_text("Salom")
    await expect(page.get_by_label("Message", exact=True)).to_have_value("")


async def test_a_press_turns_until_it_is_answered_by_a_toast_or_a_dialog(page: Page) -> None:
    await show_card(page, 1002)
    slow = page.get_by_role("button", name="Slow")
    await slow.click()
    await expect(slow).to_have_attribute("aria-busy", "true")
    await page.get_by_role("button", name="Join").click()
    await expect(page.get_by_role("status")).to_have_text("You are in, place 7")
    await page.get_by_role("button", name="Rules").click()
    dialog = page.get_by_role("alertdialog")
    await expect(dialog).to_contain_text("Bring water")
    await dialog.get_by_role("button", name="OK").click()
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_role("button", name="Join")).not_to_have_attribute("aria-busy", "true")


async def test_a_toast_is_not_shown_to_the_next_person(page: Page) -> None:
    await show_card(page, 1002)
    await page.get_by_role("button", name="Join").click()
    toast = page.get_by_role("status")
    await expect(toast).to_have_class("toast shown")
    await page.locator("[data-person='1003']").click()
    await expect(toast).to_have_class("toast", timeout=2000)


async def test_an_edit_is_seen_and_keeps_the_focus_elsewhere(page: Page, local: Running) -> None:
    await show_card(page, 1002)
    card = (await local.messages(1002))[-1]
    await page.get_by_role("button", name="Rules").focus()
    text = {"text": "Full now", "chat_id": 1002, "message_id": card["message_id"]}
    greeting = (await local.messages(1002))[1]
    await local.result("editMessageText", **text | {"message_id": greeting["message_id"]})
    await expect(page.locator(f"[data-message='{greeting['message_id']}']")).to_contain_text(
        "edited"
    )
    await expect(page.get_by_role("button", name="Rules")).to_be_focused()
    await local.result("editMessageText", **text)
    await expect(page.get_by_role("button", name="Join")).to_be_hidden()
    await local.result("deleteMessage", chat_id=1002, message_id=card["message_id"])
    await expect(page.get_by_text("Full now")).to_have_count(1)


async def test_deep_links_in_buttons_and_texts_start_the_bot_with_their_payload(page: Page) -> None:
    await show_card(page, 1002)
    await page.get_by_role("button", name="Invite").click()
    await expect(page.locator("[data-from=bot]").last).to_contain_text("Welcome! team_7")
    await page.get_by_role("link", name="link").click()
    await expect(page.locator("[data-from=bot]").last).to_contain_text("Welcome! s_1")


async def test_a_group_button_leads_to_the_private_chat(page: Page, local: Running) -> None:
    button = {"text": "Take a place", "url": "https://t.me/fotbot_local_bot?start=s_7"}
    markup = {"inline_keyboard": [[button]]}
    await local.result("sendMessage", chat_id=GROUP_ID, text="3 places", reply_markup=markup)
    await page.locator("[data-person='1005']").click()
    await page.get_by_role("button", name="Thursday football").click()
    await page.get_by_role("button", name="Take a place").click()
    await expect(page.locator("[data-from=bot]").last).to_contain_text("Welcome! s_7")


async def test_own_and_other_contacts_are_shared(page: Page) -> None:
    await start(page, 1002)
    await page.get_by_role("button", name="📱 My number").click()
    await expect(page.locator("[data-from=bot]").last).to_contain_text("own number")
    await page.get_by_role("button", name="Attach").click()
    await page.get_by_role("menuitem", name="Another person's contact").click()
    await page.locator("[data-pick='1003']").click()
    await expect(page.locator("[data-from=bot]").last).to_contain_text("another's number")


async def test_a_photo_is_sent_and_shown(page: Page) -> None:
    await start(page, 1002)
    picture = FilePayload(name="receipt.png", mimeType="image/png", buffer=png(320, 200))
    await page.locator("#photo").set_input_files(picture)
    shown = page.locator("[data-from=bot] img.photo")
    await expect(shown).to_be_visible()
    assert await shown.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 320


async def test_unread_messages_are_counted_until_they_are_seen(page: Page, local: Running) -> None:
    await start(page, 1002)
    await start(page, 1003)
    for text in ("one", "two"):
        await local.result("sendMessage", chat_id=1002, text=text)
    row = page.locator("[data-person='1002']")
    await expect(row.locator(".badge")).to_have_text("2")
    await row.click()
    await expect(page.get_by_text("two", exact=True).last).to_be_visible()
    await expect(row.locator(".badge")).to_have_count(0)


async def test_the_bot_is_blocked_and_let_in_again(page: Page, local: Running) -> None:
    await start(page, 1002)
    await page.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="Block the bot").click()
    unblock = page.get_by_role("button", name="Unblock", exact=True)
    await expect(unblock).to_be_visible()
    assert (await local.method("sendMessage", chat_id=1002, text="a"))["error_code"] == 403
    await unblock.click()
    await expect(page.get_by_label("Message", exact=True)).to_be_visible()


async def test_a_person_is_added_and_becomes_the_one_you_are(page: Page) -> None:
    await page.get_by_role("button", name="Add a person").click()
    dialog = page.get_by_role("dialog", name="Add a person")
    await dialog.get_by_label("First name").fill("Zuhra")
    await dialog.get_by_label("App language").select_option("ru")
    await dialog.get_by_role("button", name="Add", exact=True).click()
    await expect(page.locator("[data-person][aria-current]")).to_contain_text("Zuhra")
    await page.get_by_role("button", name="Start", exact=True).click()
    await expect(page.locator("[data-from=bot]").last).to_contain_text("Welcome!")


async def test_what_people_write_is_never_markup(page: Page, local: Running) -> None:
    await start(page, 1002)
    nasty = '<img src=x onerror="alert(1)"> \u202egnp.exe\u202c <b>no</b>'
    await local.act(1002, "say", text=nasty)
    bubble = page.locator("[data-from='1002']").last
    await expect(bubble.locator(".text")).to_have_text(nasty)
    assert await bubble.locator(".text *").count() == 0


async def test_a_reload_finds_the_same_person_and_chat_again(page: Page) -> None:
    await show_card(page, 1004)
    await page.reload()
    await expect(page.get_by_role("button", name="Join")).to_be_visible()
    await expect(page.locator("[data-person='1004']")).to_have_attribute("aria-current", "true")


async def test_on_a_narrow_window_people_and_chat_take_turns(
    local: Running, browser: Browser
) -> None:
    async with opened(browser, local.url, ViewportSize(width=390, height=780)) as page:
        await start(page, 1003)
        await expect(page.locator("#people")).to_be_hidden()
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390
        await page.get_by_role("button", name="Back to people").click()
        await expect(page.locator("[data-person='1003']")).to_be_visible()


def png(width: int, height: int) -> bytes:
    """A small true-colour picture."""
    rows = b"".join(
        b"\0" + bytes(channel for x in range(width) for channel in (x % 256, y % 256, 90))
        for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
