"""A release's whole life on a real API server, by real Helm."""

from __future__ import annotations

import pytest
import yaml

from tests.eventually import eventually
from tests.k8s.cluster.api import Object
from tests.k8s.cluster.cluster import Cluster
from tests.k8s.cluster.foreign import DEFINITIONS
from tests.k8s.cluster.helm import CHARTS, Helm, HelmFailed
from tests.k8s.cluster.inventory import cluster_wide, inventory
from tests.k8s.conftest import Namespace
from tests.k8s.releases import FOTBOT, OPERATOR, ROLES, WAIT, deployments, images, install, upgrade

pytestmark = pytest.mark.k8s

EXAMPLE = CHARTS.parent / "k8s" / "examples" / "telegrambot.yaml"
OPERATORS_KIND = "customresourcedefinitions/telegrambots.fotbot.io"


async def test_both_charts_live_a_whole_life_and_leave_nothing_but_the_definition(
    cluster: Cluster, namespace: Namespace, helm: Helm
) -> None:
    there, api = namespace.name, cluster.api
    before, before_outside = await inventory(api, there), await cluster_wide(api)

    await install(helm, there)
    await helm("install", "fotbot-operator", OPERATOR, "-n", there, *WAIT)
    assert set(await deployments(api, there)) == set(ROLES)
    assert await api.find(f"{DEFINITIONS}/telegrambots.fotbot.io") is not None
    first = await images(api, there)

    await upgrade(helm, there, "--set", "image.tag=second")
    assert await images(api, there) == {"fotbot:second"}

    await helm("rollback", "fotbot", "1", "-n", there, *WAIT)
    assert await images(api, there) == first

    await helm("test", "fotbot", "-n", there)
    await the_operator_is_upgraded_and_rolled_back(namespace, helm)
    await helm("uninstall", "fotbot", "fotbot-operator", "-n", there, "--wait")

    async def gone() -> bool:
        return await inventory(api, there) == before

    await eventually(gone, 30.0, every=0.5)
    assert await cluster_wide(api) - before_outside <= {OPERATORS_KIND}


async def the_operator_is_upgraded_and_rolled_back(namespace: Namespace, helm: Helm) -> None:
    """Its pod and its rights follow the release; the bots that it looks after stay untouched."""
    there, api = namespace.name, namespace.cluster.api
    path = namespace.within("apps/v1/deployments", "fotbot-operator")
    bots = namespace.within("fotbot.io/v1alpha1/telegrambots", "fotbot")
    await api.apply(yaml.safe_load(EXAMPLE.read_text()), there, manager="person")
    before, bot = await api.get(path), await api.get(bots)

    newer = ("--set", "image.tag=second", "--set", "app.secretNames={fotbot,another}")
    await helm("upgrade", "fotbot-operator", OPERATOR, "-n", there, *WAIT, *newer)
    after = await api.get(path)
    assert container_of(after)["image"] == "fotbot:second"
    assert after["status"]["readyReplicas"] == 1
    assert await secrets_of_the_operator(namespace) == ["fotbot", "another"]

    await helm("rollback", "fotbot-operator", "1", "-n", there, *WAIT)
    assert container_of(await api.get(path)) == container_of(before)
    assert await secrets_of_the_operator(namespace) == ["fotbot"]
    assert await api.get(bots) == bot
    await api.delete(bots)


def container_of(deployment: Object) -> Object:
    """The operator's only one."""
    containers: list[Object] = deployment["spec"]["template"]["spec"]["containers"]
    return containers[0]


async def secrets_of_the_operator(namespace: Namespace) -> list[str]:
    """Those that its Role lets it read."""
    path = namespace.within("rbac.authorization.k8s.io/v1/roles", "fotbot-operator")
    rules = (await namespace.cluster.api.get(path))["rules"]
    [rule] = [one for one in rules if one["resources"] == ["secrets"]]
    return list(rule["resourceNames"])


@pytest.mark.cluster_long
async def test_a_release_that_never_becomes_ready_is_taken_back_and_the_old_pods_stay(
    cluster: Cluster, namespace: Namespace, helm: Helm
) -> None:
    there = namespace.name
    await install(helm, there)
    good = await images(cluster.api, there)
    with pytest.raises(HelmFailed):
        await helm(
            *("upgrade", "fotbot", FOTBOT, "-n", there, "--set", "image.tag=is-broken"),
            *("--set", "migrations.useHelmHooks=false", "--rollback-on-failure"),
            *("--wait", "--timeout", "15s"),
        )
    assert await images(cluster.api, there) == good
    found = await deployments(cluster.api, there)
    assert [role for role, one in found.items() if one["status"]["availableReplicas"] < 2] == []


@pytest.mark.cluster_long
async def test_a_failing_migration_stops_an_upgrade_before_any_pod_is_touched(
    cluster: Cluster, namespace: Namespace, helm: Helm
) -> None:
    there = namespace.name
    await install(helm, there)
    good = await images(cluster.api, there)
    with pytest.raises(HelmFailed, match="pre-upgrade"):
        await upgrade(
            helm, there, "--set", "image.tag=is-broken", "--set", "migrations.backoffLimit=0"
        )
    assert await images(cluster.api, there) == good
