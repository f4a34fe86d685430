"""What Telegram says, told apart."""

import pytest

from services.gateway.sender.verdicts import (
    Moved,
    Rejected,
    Sent,
    Throttled,
    Unclear,
    Unreachable,
    Verdict,
    verdict_of,
)


def refused(description: str, **parameters: int) -> dict[str, object]:
    return {"ok": False, "description": description, "parameters": parameters}


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (200, {"ok": True, "result": {"message_id": 9}}, Sent()),
        (200, {"ok": True, "result": True}, Sent()),
        (429, refused("Too Many Requests", retry_after=30), Throttled(retry_after=30)),
        (429, refused("Too Many Requests"), Throttled(retry_after=1)),
        (400, refused("Bad Request: message is not modified: x"), Sent()),
        (400, refused("upgraded", migrate_to_chat_id=-100123), Moved(chat_id=-100123)),
        (
            400,
            refused("Bad Request: chat not found"),
            Rejected(reason="Bad Request: chat not found"),
        ),
        (
            403,
            refused("Forbidden: user is deactivated"),
            Unreachable(reason="Forbidden: user is deactivated"),
        ),
        (500, refused("Internal"), Unclear(reason="500 Internal")),
        (502, {}, Unclear(reason="502 ")),
        (401, refused("Unauthorized"), Unclear(reason="401 Unauthorized")),
        (404, refused("Not Found"), Unclear(reason="404 Not Found")),
        (302, {}, Unclear(reason="302 ")),
    ],
)
def test_an_answer_of_telegram_has_one_verdict(
    status: int, body: dict[str, object], verdict: Verdict
) -> None:
    assert verdict_of(status, body) == verdict
