"""The kinds of other projects that our charts use: their definitions without their controllers."""

from __future__ import annotations

import asyncio
from pathlib import Path

import yaml

from tests.k8s.cluster.api import Api, Object

FOLDER = Path(__file__).parents[1] / "crds"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


async def install(api: Api) -> None:
    """Returns once objects of all of them are taken."""
    await asyncio.gather(*(_define(api, definition) for definition in definitions()))


def definitions() -> list[Object]:
    """All that are checked in."""
    return [yaml.safe_load(file.read_text()) for file in sorted(FOLDER.glob("*.yaml"))]


async def _define(api: Api, definition: Object) -> None:
    await api.apply(definition)
    await api.until(f"{DEFINITIONS}/{definition['metadata']['name']}", _is_served)


def _is_served(definition: Object) -> bool:
    conditions = definition.get("status", {}).get("conditions") or []
    return any(one["type"] == "Established" and one["status"] == "True" for one in conditions)
