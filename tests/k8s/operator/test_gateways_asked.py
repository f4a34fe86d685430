"""What a gateway accepts is asked of the pod; one that says something odd says nothing."""

import pytest

from k8s.bot_operator.cluster import KINDS as AUTOSCALERS
from k8s.bot_operator.cluster import Pod, decoded, is_ready, scaler_from
from k8s.bot_operator.gateways import Gateways, accepted_from
from k8s.bot_operator.spec import HPA
from k8s.bot_operator.webhook import fingerprint
from services.gateway import accepted_secrets
from tests.k8s.operator.making import NEW, OLD, a_gateway
from tests.k8s.operator.small_api import furnished
from tests.k8s.operator.stage import staged


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"[]", b'{"accepted": "all"}', b'{"accepted"', b"[" * 100_000, b"\xff"]
)
def test_an_odd_answer_is_no_answer(text: bytes) -> None:
    assert accepted_from(text) is None


async def test_each_pod_is_asked_and_a_silent_one_is_told_apart() -> None:
    async with staged(furnished()) as stage, Gateways.open(stage.gateway.port) as gateways:
        pods = (Pod(name="gateway-1", address="127.0.0.1"), Pod(name="b", address="127.0.0.77"))
        first, second = await gateways.accepting(pods)
    assert first == a_gateway(OLD, NEW)
    # The double listens on one address alone.
    assert second.accepted is None


def test_gateways_and_operator_tell_a_secret_by_the_same_fingerprint() -> None:
    assert fingerprint(NEW) == accepted_secrets.fingerprint(NEW.encode())


def pod(ready: str = "True", **metadata: str) -> dict[str, object]:
    conditions = [{"type": "Ready", "status": ready}]
    return {"metadata": metadata, "status": {"podIP": "10.0.0.1", "conditions": conditions}}


def test_only_pods_that_get_traffic_count() -> None:
    assert is_ready(pod())
    assert not is_ready(pod("False"))
    assert not is_ready(pod(deletionTimestamp="2026-11-24T18:00:00Z"))
    assert not is_ready({"metadata": {}, "status": {}})


def owned(manager: str, operation: str) -> dict[str, object]:
    fields: dict[str, object] = {"f:spec": {"f:minReplicas": {}}}
    entry = {"manager": manager, "operation": operation, "fieldsV1": fields}
    return {"metadata": {"managedFields": [entry]}, "spec": {"maxReplicas": 5, "minReplicas": 1}}


def test_who_applies_the_floor_is_another_manager_and_who_once_wrote_it_is_none() -> None:
    kind = AUTOSCALERS[HPA]
    assert scaler_from(owned("helm", "Apply"), kind).other == "helm"
    assert scaler_from(owned("helm", "Update"), kind).other is None
    ours = scaler_from(owned("fotbot-operator-prescaling", "Apply"), kind)
    assert (ours.is_ours, ours.other, ours.floor, ours.ceiling) == (True, None, 1, 5)


def test_a_secret_that_is_no_text_is_none() -> None:
    assert decoded("//8=") == ""
    assert decoded("c2VjcmV0Cg==") == "secret"
