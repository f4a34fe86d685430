"""What the operator decides about a webhook."""

from datetime import timedelta
from typing import Any

import pytest

from k8s.bot_operator.actions import SetWebhook
from k8s.bot_operator.conditions import Type
from k8s.bot_operator.memory import Memory
from k8s.bot_operator.observed import Gateway, Observed, Problem, Secrets
from k8s.bot_operator.parts import Part
from k8s.bot_operator.webhook import webhook_part
from tests.k8s.operator.making import (
    NEW,
    NOW,
    OLD,
    URL,
    a_gateway,
    a_spec,
    an_info,
    in_order,
    remembering,
)

OTHERS = "https://stolen.example.net/hook/secret-path"


def decided(memory: Memory, observed: Observed) -> Part:
    return webhook_part(a_spec().webhook, memory, observed)


def secrets_told(part: Part) -> list[str]:
    return [action.secret for action in part.actions if isinstance(action, SetWebhook)]


def states(part: Part) -> dict[str, tuple[bool | None, str]]:
    return {str(kind): (one.status, one.reason) for kind, one in part.conditions.items()}


def test_nothing_is_done_when_all_is_in_order() -> None:
    part = decided(remembering(), in_order())
    assert part.actions == ()
    assert states(part) == {
        "WebhookSet": (True, "InStep"),
        "SecretInStep": (True, "InStep"),
    }


@pytest.mark.parametrize(
    "drift",
    [
        {"url": ""},
        {"max_connections": 5},
        {"allowed_updates": frozenset({"message"})},
        {"allowed_updates": frozenset[str]()},
    ],
)
def test_what_drifted_is_mended(drift: dict[str, Any]) -> None:
    part = decided(remembering(), in_order(webhook=an_info(**drift)))
    (action,) = part.actions
    assert action == SetWebhook(
        url=URL,
        secret=NEW,
        max_connections=40,
        allowed_updates=a_spec().webhook.allowed_updates,
    )


def test_a_foreign_url_is_an_alarm_and_is_left_alone() -> None:
    part = decided(remembering(), in_order(webhook=an_info(url=OTHERS)))
    assert part.actions == ()
    assert states(part)["WebhookSet"] == (False, "ForeignWebhook")
    message = part.conditions[Type.WEBHOOK].message
    assert "stolen.example.net" in message
    assert "secret-path" not in message


def test_an_own_url_of_before_is_replaced_by_the_new_one() -> None:
    before = "https://old.example.org/telegram/webhook"
    memory = remembering(own_urls=(before,))
    part = decided(memory, in_order(webhook=an_info(url=before)))
    assert secrets_told(part) == [NEW]
    assert part.before["own_urls"] == (before, URL)
    assert part.after["own_urls"] == (URL,)


def test_a_url_noted_before_the_kill_is_ours_after_it() -> None:
    noted = "https://second.example.org/telegram/webhook"
    memory = remembering(own_urls=("https://first.example.org/x", noted))
    assert decided(memory, in_order(webhook=an_info(url=noted))).actions


def test_a_new_secret_waits_until_every_gateway_accepts_it() -> None:
    both = (a_gateway(OLD, NEW), a_gateway(OLD, name="gateway-2"))
    part = decided(remembering(OLD), in_order(gateways=both))
    assert part.actions == ()
    assert states(part) == {
        "WebhookSet": (True, "InStep"),
        "SecretInStep": (False, "WaitingForGateways"),
    }
    assert "gateway-2" in part.conditions[Type.SECRET].message
    assert part.again_after is not None


def test_a_new_secret_is_told_once_every_gateway_accepts_it() -> None:
    both = (a_gateway(OLD, NEW), a_gateway(NEW, name="gateway-2"))
    part = decided(remembering(OLD), in_order(gateways=both))
    assert secrets_told(part) == [NEW]
    assert states(part)["SecretInStep"] == (True, "InStep")


def test_a_silent_gateway_holds_the_rotation_up_and_does_not_undo_it() -> None:
    gateways = (a_gateway(OLD, NEW), Gateway(name="gateway-2", accepted=None))
    assert decided(remembering(OLD), in_order(gateways=gateways)).actions == ()
    settled = decided(remembering(NEW), in_order(gateways=gateways))
    assert settled.actions == ()
    assert states(settled)["SecretInStep"] == (True, "InStep")


def test_a_drift_during_a_rotation_is_mended_with_the_previous_secret() -> None:
    observed = in_order(gateways=(a_gateway(OLD),), webhook=an_info(url=""))
    part = decided(remembering(OLD), observed)
    assert secrets_told(part) == [OLD]
    assert states(part)["SecretInStep"] == (False, "WaitingForGateways")


def test_without_a_ready_gateway_nothing_is_told_to_telegram() -> None:
    part = decided(Memory(), in_order(gateways=(), webhook=an_info(url="")))
    assert part.actions == ()
    assert states(part) == {
        "WebhookSet": (False, "WaitingForGateways"),
        "SecretInStep": (False, "NoGatewayReady"),
    }


def test_a_gateway_that_lists_other_secrets_only_is_told_of() -> None:
    gateways = (a_gateway(NEW), a_gateway(OLD, name="stale"))
    part = decided(remembering(NEW), in_order(gateways=gateways))
    assert states(part)["SecretInStep"] == (False, "GatewayOutOfStep")
    assert "stale" in part.conditions[Type.SECRET].message


def test_a_secret_that_telegram_shows_in_vain_is_told_again_though_not_in_a_hurry() -> None:
    refused = {"error": "Wrong response from the webhook: 401", "error_at": NOW}
    early = remembering(set_at=NOW - timedelta(seconds=10))
    late = remembering(set_at=NOW - timedelta(seconds=100))
    observed = in_order(webhook=an_info(**refused))
    assert decided(early, observed).actions == ()
    assert secrets_told(decided(late, observed)) == [NEW]


def test_an_error_from_before_the_last_setting_is_no_reason() -> None:
    refused = {
        "error": "Wrong response from the webhook: 401 Unauthorized",
        "error_at": NOW - timedelta(hours=1),
    }
    memory = remembering(set_at=NOW - timedelta(minutes=5))
    assert decided(memory, in_order(webhook=an_info(**refused))).actions == ()


@pytest.mark.parametrize(
    "observed",
    [
        in_order(webhook=Problem(reason="TokenRefused", message="no")),
        in_order(secrets=Problem(reason="SecretMissing", message="no"), webhook=an_info(url="")),
        in_order(gateways=Problem(reason="ApiSilent", message="no"), webhook=an_info(url="")),
    ],
)
def test_what_cannot_be_known_moves_nothing(observed: Observed) -> None:
    part = decided(remembering(), observed)
    assert part.actions == ()
    assert all(status is not True for status, _ in states(part).values())


def test_a_secret_without_a_previous_one_rotates_too() -> None:
    observed = in_order(secrets=Secrets(current=NEW), gateways=(a_gateway(NEW),))
    assert secrets_told(decided(remembering(OLD), observed)) == [NEW]


def test_no_value_shows_a_secret_when_printed() -> None:
    part = decided(Memory(), in_order())
    assert NEW not in repr(part)
    assert NEW not in repr(in_order())
