"""What the operator's ServiceAccount may and may not do, as the API server itself says."""

from __future__ import annotations

import pytest

from tests.k8s.cluster.api import Api, Refused
from tests.k8s.cluster.helm import Helm
from tests.k8s.conftest import Namespace
from tests.k8s.operator.world import ACCOUNT, CHART

pytestmark = pytest.mark.k8s

Ask = tuple[str, str, str, str]
"""Verb, group, resource, name."""

MAY: tuple[Ask, ...] = (
    ("get", "fotbot.io", "telegrambots", ""),
    ("list", "fotbot.io", "telegrambots", ""),
    ("watch", "fotbot.io", "telegrambots", ""),
    ("patch", "fotbot.io", "telegrambots", "fotbot"),
    ("patch", "fotbot.io", "telegrambots/status", "fotbot"),
    ("get", "", "secrets", "fotbot"),
    ("list", "", "pods", ""),
    ("get", "autoscaling", "horizontalpodautoscalers", "fotbot-gateway"),
    ("patch", "autoscaling", "horizontalpodautoscalers", "fotbot-gateway"),
    ("create", "", "events", ""),
)
MAY_NOT: tuple[Ask, ...] = (
    ("list", "", "secrets", ""),
    ("watch", "", "secrets", ""),
    ("get", "", "secrets", "another"),
    *((verb, "", "secrets", "fotbot") for verb in ("update", "patch", "delete", "create")),
    *((verb, "fotbot.io", "telegrambots", "fotbot") for verb in ("create", "update", "delete")),
    ("get", "autoscaling", "horizontalpodautoscalers", "another"),
    ("create", "autoscaling", "horizontalpodautoscalers", ""),
    ("delete", "autoscaling", "horizontalpodautoscalers", "fotbot-gateway"),
    ("patch", "keda.sh", "scaledobjects", "fotbot-gateway"),
    ("get", "", "pods", ""),
    ("create", "", "pods", ""),
    ("delete", "", "pods", ""),
    ("create", "", "pods/exec", ""),
    ("get", "apps", "deployments", "fotbot-gateway"),
    ("patch", "apps", "deployments", "fotbot-gateway"),
    ("get", "", "configmaps", ""),
    ("list", "", "namespaces", ""),
    ("list", "apiextensions.k8s.io", "customresourcedefinitions", ""),
    ("create", "rbac.authorization.k8s.io", "rolebindings", ""),
    ("impersonate", "", "serviceaccounts", ""),
    ("*", "*", "*", ""),
)


@pytest.fixture
async def account(namespace: Namespace, helm: Helm) -> Api:
    """The operator, as the API server sees it."""
    options = ("--set", "crds.install=false")
    await helm("install", "fotbot-operator", CHART, "-n", namespace.name, *options)
    return Api.of(await namespace.service_account(ACCOUNT))


async def is_allowed(account: Api, ask: Ask, namespace: str) -> bool:
    verb, group, resource, name = ask
    kind, _, sub = resource.partition("/")
    attributes = {"verb": verb, "group": group, "resource": kind, "namespace": namespace}
    attributes |= {"name": name} if name else {}
    attributes |= {"subresource": sub} if sub else {}
    answer = await account.call(
        "POST",
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": attributes},
        },
    )
    return bool(answer["status"]["allowed"])


async def test_the_account_may_do_its_work_and_nothing_else(
    account: Api, namespace: Namespace
) -> None:
    async with account:
        allowed = {ask: await is_allowed(account, ask, namespace.name) for ask in MAY + MAY_NOT}
        elsewhere = {ask: await is_allowed(account, ask, "default") for ask in MAY}
    assert [ask for ask in MAY if not allowed[ask]] == []
    assert [ask for ask in MAY_NOT if allowed[ask]] == []
    assert [ask for ask, may in elsewhere.items() if may] == []


async def test_what_it_may_not_do_is_really_refused(account: Api, namespace: Namespace) -> None:
    async with account:
        for path in ("v1/secrets", "v1/configmaps", "apps/v1/deployments"):
            with pytest.raises(Refused) as refused:
                await account.get(namespace.within(path))
            assert refused.value.code == 403
        with pytest.raises(Refused) as refused:
            await account.merge(namespace.within("v1/secrets", "fotbot"), {"data": {}})
        assert refused.value.code == 403
