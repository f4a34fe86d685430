"""A resource's end, and the plan as a whole."""

from datetime import timedelta
from typing import Any

import pytest

from k8s.bot_operator.actions import DeleteWebhook, Hold, SetFloor
from k8s.bot_operator.conditions import Type
from k8s.bot_operator.desired import Plan, plan
from k8s.bot_operator.memory import Memory
from k8s.bot_operator.observed import Lifecycle, Problem
from k8s.bot_operator.spec import Target
from tests.k8s.operator.making import (
    NOW,
    OLD,
    PRESCALING,
    a_gateway,
    a_spec,
    an_info,
    in_order,
    remembering,
)

DELETE = {"onDelete": "Delete"}
TARGET = Target(kind="HorizontalPodAutoscaler", name="fotbot-gateway")
DYING = Lifecycle(has_finalizer=True, deleted_at=NOW)


def ended(memory: Memory | None = None, spec: Any = DELETE, **changes: Any) -> Plan:
    changes = {"life": DYING} | changes
    return plan(a_spec(**spec), memory or remembering(), in_order(**changes))


def test_the_finalizer_stands_exactly_while_delete_is_asked_for() -> None:
    free, held = Lifecycle(), Lifecycle(has_finalizer=True)
    assert Hold(holds=True) == plan(a_spec(**DELETE), Memory(), in_order(life=free)).actions[0]
    assert Hold(holds=False) == plan(a_spec(), Memory(), in_order(life=held)).actions[0]
    for spec, life in ((a_spec(), free), (a_spec(**DELETE), held)):
        done = plan(spec, remembering(), in_order(life=life)).actions
        assert not [action for action in done if isinstance(action, Hold)]


def test_our_webhook_goes_before_the_resource_does() -> None:
    assert ended().actions == (DeleteWebhook(), Hold(holds=False))


def test_a_foreign_webhook_stays_when_the_resource_goes() -> None:
    foreign = an_info(url="https://other.example.net/hook")
    assert ended(webhook=foreign).actions == (Hold(holds=False),)


def test_a_webhook_that_a_renamed_copy_needs_stays() -> None:
    shared = Lifecycle(has_finalizer=True, deleted_at=NOW, url_is_shared=True)
    assert ended(life=shared).actions == (Hold(holds=False),)


def test_retain_lets_the_resource_go_at_once() -> None:
    assert ended(spec={}).actions == (Hold(holds=False),)
    assert ended(spec={}, life=Lifecycle(deleted_at=NOW)).actions == ()


def test_the_floor_is_given_back_at_the_end() -> None:
    done = ended(remembering(target=TARGET)).actions
    assert done == (SetFloor(target=TARGET, replicas=None), DeleteWebhook(), Hold(holds=False))


def test_an_end_waits_for_telegram_though_not_for_ever() -> None:
    silent = Problem(reason="TelegramSilent", message="no answer")
    assert ended(webhook=silent).actions == ()
    late = Lifecycle(has_finalizer=True, deleted_at=NOW - timedelta(minutes=11))
    given_up = ended(webhook=silent, life=late)
    assert given_up.actions == (Hold(holds=False),)
    assert given_up.outcome(Memory(), {})[1][Type.WEBHOOK].reason == "LeftBehind"


def test_a_failure_makes_its_condition_false_and_is_not_remembered_as_done() -> None:
    spec = a_spec(prescaling=PRESCALING)
    todo = plan(spec, Memory(), in_order())
    names = [type(action).__name__ for action in todo.actions]
    failed = names.index("SetWebhook")
    problem = Problem(reason="Throttled", message="later")
    before = todo.before(Memory())
    memory, conditions = todo.outcome(before, {failed: problem})
    assert conditions[Type.WEBHOOK].reason == "Throttled"
    assert memory.secret_mark == ""
    assert memory.own_urls == before.own_urls != ()


@pytest.mark.parametrize(
    "memory", [Memory(), remembering(), remembering(OLD), remembering(target=TARGET, floor=7)]
)
@pytest.mark.parametrize("gateways", [(), (a_gateway(OLD),), (a_gateway(OLD), a_gateway("x"))])
def test_a_plan_is_the_same_for_the_same_facts(memory: Memory, gateways: Any) -> None:
    spec = a_spec(prescaling=PRESCALING, **DELETE)
    observed = in_order(gateways=gateways)
    assert plan(spec, memory, observed) == plan(spec, memory, observed)
