"""Files that come with notices arrive whole and are not kept; who was deleted is not, either."""

from __future__ import annotations

import json
import zlib

import pytest
from fotbot.sender.v1.notice_pb2 import (
    NOTICE_KIND_EXPORT_DATA,
    NOTICE_KIND_PROMOTED,
    Notice,
    NoticeDocument,
    NoticeKind,
)
from fotbot.sender.v1.sender_service_pb2 import (
    ExportMineRequest,
    ForgetAccountRequest,
    QuarantineUpdateRequest,
    SendNoticesRequest,
)
from sqlalchemy import text

from services.chassis.errors import RemoteRefusal
from services.gateway.sender.documents import LARGEST
from services.gateway.sender.storage.people import SqlPeople
from tests.eventually import eventually
from tests.fakes.telegram_api import Reply
from tests.gateway.sender.fake_users import CHAT
from tests.gateway.sender.rig import World, notice, sender

CONTENT = '{"name": "Aʼzam"}\r\n--x\r\n'.encode()
PACKED = zlib.compress(CONTENT)
LARGE = zlib.compress(b"x" * (LARGEST + 1))
GOOD = NoticeDocument(file_name="fotbot.json", media_type="application/json", content=PACKED)


def copy(
    document: NoticeDocument | None = GOOD,
    kind: NoticeKind.ValueType = NOTICE_KIND_EXPORT_DATA,
    id_: str = "export",
) -> Notice:
    return Notice(notice_id=id_, user_id=3, kind=kind, document=document)


async def all_settled(world: World) -> bool:
    return not {"pending", "sending"} & set((await world.states()).values())


async def test_a_document_arrives_whole_after_an_error_and_is_kept_no_longer(
    world: World,
) -> None:
    world.telegram.replies.append(Reply(status=502, description="Bad Gateway"))
    async with sender(world) as running:
        for _ in range(2):
            await running.stub.SendNotices(SendNoticesRequest(notices=[copy()]), timeout=3)
        await eventually(lambda: all_settled(world))
    [call] = world.telegram.done
    assert (call.method, call.chat_id) == ("sendDocument", CHAT + 3)
    assert call.parameters["document"] == ("fotbot.json", "application/json", CONTENT)
    assert call.parameters["caption"] and call.parameters["parse_mode"] == "HTML"
    async with world.database.read_primary() as transaction:
        kept = await transaction.execute(text("SELECT payload FROM notices"))
        assert kept.scalars().all() == [b""]


@pytest.mark.parametrize(
    "bad",
    [
        copy(None),
        copy(NoticeDocument(file_name="../x", media_type="text/plain", content=PACKED)),
        copy(NoticeDocument(file_name='x"\r\ny', media_type="text/plain", content=PACKED)),
        copy(NoticeDocument(file_name="x", media_type="text/plain\r\nX: y", content=PACKED)),
        copy(NoticeDocument(file_name="x", media_type="text/plain", content=LARGE)),
        copy(NoticeDocument(file_name="x", media_type="text/plain", content=PACKED[:-1])),
        copy(NoticeDocument(file_name="x", media_type="text/plain", content=b"plain")),
        copy(GOOD, NOTICE_KIND_PROMOTED),
    ],
    ids=["none", "path", "quote", "type", "large", "short", "plain", "kind"],
)
async def test_a_document_that_is_none_is_refused(world: World, bad: Notice) -> None:
    async with sender(world) as running:
        with pytest.raises(RemoteRefusal, match="NOTICE_INVALID"):
            await running.stub.SendNotices(SendNoticesRequest(notices=[bad]), timeout=3)


async def test_a_person_hears_what_was_sent_to_him_and_is_erased_with_it(world: World) -> None:
    async with sender(world) as running:
        notices = [notice("mine"), notice("others", user_id=4)]
        await running.stub.SendNotices(SendNoticesRequest(notices=notices), timeout=3)
        await eventually(lambda: all_settled(world))
        answer = await running.stub.ExportMine(ExportMineRequest(actor_id=3), timeout=3)
        [told] = json.loads(answer.document)["notices"]
        assert (told["kind"], told["verdict"]) == ("promoted", "sent")
    for _ in range(2):
        await SqlPeople(world.database).erase(3)
    assert list(await world.states()) == ["others"]


async def test_quarantined_updates_of_an_account_are_forgotten_and_no_others(
    world: World,
) -> None:
    async with sender(world) as running:
        for update, account in ((1, 770077), (2, 7700771)):
            for number, blank in enumerate(("", " ")):
                payload = f'{{"message":{{"from":{{"id":{blank}{account},"x":1}}}}}}'.encode()
                broken = QuarantineUpdateRequest(
                    bot_id=1, update_id=10 * update + number, payload=payload
                )
                await running.stub.QuarantineUpdate(broken, timeout=3)
        request = ForgetAccountRequest(telegram_id=770077)
        assert (await running.stub.ForgetAccount(request, timeout=3)).updates == 2
        assert (await running.stub.ForgetAccount(request, timeout=3)).updates == 0
