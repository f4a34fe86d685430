"""What kube-score finds in the chart is answered, and nothing that is not."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.helm.chart import rendered
from tests.k8s.cluster.binaries import binary

ANSWERS = {
    "CPU limit is not set": "an event loop that is stopped for the rest of a period answers nobody",
    "ImagePullPolicy is not set to Always": "a digest pins the image, so there is nothing newer",
    "Ephemeral Storage request is not set": "nothing can be written but /tmp, which is limited",
    "Ephemeral Storage limit is not set": "the same; a pod is not to be evicted for its logs",
    "Deployment does not have a host podAntiAffinity set": "pods are spread by topology instead",
    "Deployment few replicas": "an autoscaler of KEDA's has the number",
    "Deployment update strategy": "only the demo's cache, of which there may be one",
    "Container has the same readiness and liveness probe": "only the demo's cache: its port",
    "StatefulSet does not have a host podAntiAffinity set": "only the demo's Postgres",
    "No matching PodDisruptionBudget was found": "only the demo's Postgres, which is thrown away",
    "The container running with a low group ID": "only the demo's Postgres: its image's own user",
    "The container is running with a low user ID": "only the demo's Postgres: its image's own user",
    "The NetworkPolicys selector doesn't match any pods": "pods that other operators make",
}
ONLY_DEMO = {words for words, answer in ANSWERS.items() if answer.startswith("only the demo")}
# Its grades: 1 critical, 5 warning, 7 almost, 10 good.
ALMOST_ALL_RIGHT = 7


@pytest.mark.parametrize("name", ["default", "everything", "demo"])
def test_every_finding_is_answered(name: str, tmp_path: Path) -> None:
    manifest = tmp_path / "all.yaml"
    manifest.write_text(yaml.safe_dump_all(rendered(name)))
    command = (binary("kube-score"), "score", "--kubernetes-version", "v1.36", "-o", "json")
    said = subprocess.run([*command, str(manifest)], capture_output=True, text=True, check=False)
    for scored in json.loads(said.stdout):
        for check in scored["checks"]:
            if check["skipped"] or check["grade"] >= ALMOST_ALL_RIGHT:
                continue
            for comment in check["comments"] or [{"summary": check["check"]["name"]}]:
                words = comment["summary"]
                assert words in ANSWERS, (scored["object_name"], words)
                if words in ONLY_DEMO:
                    assert "-demo-" in scored["object_name"]
