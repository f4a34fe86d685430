"""A gateway of the running system with an error tracker: a poisoned update is told there once."""

from tests.e2e.city import City
from tests.e2e.gateways import second_gateway
from tests.e2e.webhook import deliver, message
from tests.eventually import until
from tests.observe.error_tracker import error_tracker
from tests.observe.test_error_reports import NAME, PERSONAL, WORDS


async def test_a_poisoned_update_reaches_the_tracker_once_with_nothing_personal(
    city: City,
) -> None:
    update = message(4_000_001, WORDS)
    update["message"]["from"]["first_name"] = NAME
    update["message"]["message_id"] = "no number"
    async with (
        error_tracker() as tracker,
        second_gateway(city, "gateway-telling", SENTRY_DSN=tracker.dsn) as door,
    ):
        reply = await deliver(city.http, door, update)
        assert (reply.status, reply.body) == (200, {})
        await until(lambda: bool(tracker.events))
        # Those that are as they should be are not told.
        assert (await deliver(city.http, door, message(4_000_002, "/start"))).status == 200
    [event] = tracker.events
    assert event["exception"]["values"][-1]["type"] == "NotAnUpdate"
    assert event["tags"]["service"] == "gateway"
    assert [word for word in (*PERSONAL, "4000001") if word in tracker.received] == []
