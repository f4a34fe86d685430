"""What KEDA makes of a ScaledObject: the HorizontalPodAutoscaler through which it scales."""

from __future__ import annotations

from tests.k8s.cluster.api import Object


def autoscaler(scaled: Object) -> Object:
    """With a resource metric for a cpu trigger and an external one for a query's."""
    spec = scaled["spec"]
    advanced = spec["advanced"]["horizontalPodAutoscalerConfig"]
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": advanced["name"]},
        "spec": {
            "scaleTargetRef": spec["scaleTargetRef"],
            # KEDA itself does the last step to zero, and a HorizontalPodAutoscaler has at least 1.
            "minReplicas": spec.get("minReplicaCount", 0) or 1,
            "maxReplicas": spec["maxReplicaCount"],
            "behavior": advanced["behavior"],
            "metrics": [
                _metric(scaled["metadata"]["name"], number, trigger)
                for number, trigger in enumerate(spec["triggers"])
            ],
        },
    }


def metric_name(number: int) -> str:
    """Of the trigger at that place."""
    return f"s{number}-prometheus"


def _metric(scaled: str, number: int, trigger: Object) -> Object:
    about = trigger["metadata"]
    if trigger["type"] == "cpu":
        target = {"type": "Utilization", "averageUtilization": int(about["value"])}
        return {"type": "Resource", "resource": {"name": "cpu", "target": target}}
    selector = {"matchLabels": {"scaledobject.keda.sh/name": scaled}}
    return {
        "type": "External",
        "external": {
            "metric": {"name": metric_name(number), "selector": selector},
            "target": {"type": "AverageValue", "averageValue": about["threshold"]},
        },
    }
