"""The chart as Helm renders it: the value sets that stand for its users, and what comes out."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.k8s.cluster.binaries import binary

ROOT = Path(__file__).parents[2]
CHART = ROOT / "helm" / "fotbot"
OVERLAYS = ROOT / "k8s" / "overlays"
RELEASE = NAMESPACE = "fotbot"

Object = Mapping[str, Any]

# libyaml's, where PyYAML was built with it, is ten times as quick.
LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _set(name: str) -> Path:
    """An overlay where there is one of that name, else a set of the chart's own."""
    overlay = OVERLAYS / name / "values.yaml"
    return overlay if overlay.exists() else CHART / "ci" / f"{name}.yaml"


SETS: Mapping[str, Path] = {
    name: _set(name)
    for name in (
        *("default", "staging", "production", "multi-region"),
        *("mtls", "cnpg", "everything", "demo"),
    )
}


class Refused(Exception):
    """Helm took the values or the templates for wrong; the message is what it says."""


@cache
def rendered(name: str) -> tuple[Object, ...]:
    """The objects of one of the sets. They are shared: nobody changes them."""
    return tuple(template(SETS[name]))


def template(*files: Path, extra: tuple[str, ...] = ()) -> list[Object]:
    """What `helm template` makes of these values. Raises Refused; skips where there is no Helm."""
    values = [argument for file in files for argument in ("-f", str(file))]
    told = helm("template", RELEASE, str(CHART), "-n", NAMESPACE, *values, *extra)
    return [document for document in yaml.load_all(told, LOADER) if document]


def with_values(folder: Path, values: Mapping[str, Any], base: str = "default") -> list[Object]:
    """The same for a set with other values over it, written into `folder`."""
    over = folder / "values.yaml"
    over.write_text(yaml.safe_dump(values))
    return template(SETS[base], over)


def helm(*arguments: str) -> str:
    """Standard output. Raises Refused with what Helm says otherwise."""
    done = subprocess.run([binary("helm"), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(done.stderr + done.stdout)
    return done.stdout


def of_kind(objects: tuple[Object, ...] | list[Object], *kinds: str) -> list[Object]:
    """Those of these kinds."""
    return [one for one in objects if one["kind"] in kinds]


def named(objects: tuple[Object, ...] | list[Object], kind: str, name: str) -> Object:
    """The one of that kind and name."""
    [found] = [one for one in of_kind(objects, kind) if one["metadata"]["name"] == name]
    return found


def component(of: Object) -> str:
    """The role or store that an object, or a pod's template, belongs to."""
    return str(of["metadata"]["labels"].get("app.kubernetes.io/component", ""))


def pods(objects: tuple[Object, ...] | list[Object]) -> Iterator[tuple[str, Object]]:
    """Every pod there would be, as a template with metadata and spec, by its owner's kind/name."""
    for one in objects:
        name = f"{one['kind']}/{one['metadata']['name']}"
        if one["kind"] == "Pod":
            yield name, one
        elif one["kind"] in {"Deployment", "StatefulSet", "Job"}:
            yield name, one["spec"]["template"]


def deployments(objects: tuple[Object, ...] | list[Object]) -> Mapping[str, Object]:
    """The product's own, by role."""
    return {
        component(one): one
        for one in of_kind(objects, "Deployment")
        if not component(one).startswith("demo-")
    }


def environment(container: Object) -> Mapping[str, Object]:
    """A container's variables by name."""
    return {variable["name"]: variable for variable in container.get("env", [])}
