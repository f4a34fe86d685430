"""The TelegramBot's definition for these tests alone, and a world for each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import yaml

from tests.k8s.cluster.cluster import Cluster
from tests.k8s.cluster.helm import Helm
from tests.k8s.conftest import Namespace
from tests.k8s.operator.definition import DEFINITION, established
from tests.k8s.operator.world import CHART, World, installed


@pytest_asyncio.fixture(scope="module")
async def definition(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[None]:
    """As the chart has it; taken away after, so that Helm may bring its own elsewhere."""
    told = await Helm(tmp_path_factory.mktemp("helm"))("template", "fotbot-operator", CHART)
    made = next(
        one for one in yaml.safe_load_all(told) if one and one["kind"] == "CustomResourceDefinition"
    )
    await cluster.api.apply(made)
    await cluster.api.until(DEFINITION, established)
    yield
    await cluster.api.delete(DEFINITION)
    await cluster.api.until(DEFINITION, lambda found: found is None)


@pytest_asyncio.fixture
async def world(
    cluster: Cluster, namespace: Namespace, helm: Helm, tmp_path: Path, definition: None
) -> AsyncIterator[World]:
    """Everything around an operator that has not been started."""
    async with installed(cluster, namespace, helm, tmp_path) as one:
        yield one
