"""`python -m tests.k8s.crds.fetch`: takes the foreign resource definitions out of the Go modules of
their projects, without descriptions and old versions, and writes them beside this file.

Server-side validation needs their schemas and their rules; nobody here runs their controllers.
valkey-operator is no module that a proxy serves: of its definition, written by hand, only the
fields that the chart uses are there.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent

MODULES = {
    "github.com/cloudnative-pg/cloudnative-pg@v1.30.0": (
        "config/crd/bases/postgresql.cnpg.io_clusters.yaml",
        "config/crd/bases/postgresql.cnpg.io_scheduledbackups.yaml",
    ),
    "github.com/cloudnative-pg/plugin-barman-cloud@v0.15.0": (
        "config/crd/bases/barmancloud.cnpg.io_objectstores.yaml",
    ),
    "github.com/kedacore/keda/v2@v2.21.0": ("config/crd/bases/keda.sh_scaledobjects.yaml",),
    "github.com/cert-manager/cert-manager@v1.21.2": (
        "deploy/crds/cert-manager.io_certificates.yaml",
        "deploy/crds/cert-manager.io_issuers.yaml",
    ),
    "github.com/prometheus-operator/prometheus-operator@v0.85.0": (
        "example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml",
        "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml",
    ),
    "sigs.k8s.io/gateway-api@v1.6.3": (
        "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml",
    ),
}
"""All under the Apache License 2.0."""


def main() -> None:
    """Writes every definition anew."""
    for module, files in MODULES.items():
        folder = _downloaded(module)
        for file in files:
            definition = yaml.safe_load((folder / file).read_text())
            words = f"# {module}, {file} (Apache-2.0), shortened.\n"
            kept = [version for version in definition["spec"]["versions"] if version["storage"]]
            definition["spec"]["versions"] = kept
            content = yaml.safe_dump(_bare(definition), sort_keys=False, width=100)
            (FOLDER / Path(file).name).write_text(words + content)


def _downloaded(module: str) -> Path:
    command = ("go", "mod", "download", "-json", module)
    done = subprocess.run(command, cwd="/", check=True, capture_output=True, text=True)
    return Path(json.loads(done.stdout)["Dir"])


def _bare(schema: Any, parent: str = "") -> Any:
    """Without the sentences. A property may itself be called description."""
    if isinstance(schema, list):
        return [_bare(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: _bare(value, name)
        for name, value in schema.items()
        if name != "description" or parent == "properties" or not isinstance(value, str)
    }


if __name__ == "__main__":
    main()
