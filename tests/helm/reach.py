"""Who reaches whom, computed from rendered NetworkPolicies as Kubernetes defines them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.helm.chart import Object


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A pod, or an address outside of the cluster."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    namespace: str = ""
    """Empty: it is no pod."""
    address: str = ""
    ports: Mapping[str, int] = field(default_factory=dict)
    """A pod's, by name."""


@dataclass(frozen=True, slots=True)
class Policies:
    """All of a namespace."""

    objects: Sequence[Object]
    namespace: str

    def allow(self, source: Place, target: Place, port: int, protocol: str = "TCP") -> bool:
        """Whether a connection may be made: the source may leave and the target may be entered."""
        return self._passes("Egress", source, target, target, port, protocol) and self._passes(
            "Ingress", target, source, target, port, protocol
        )

    def _passes(
        self, way: str, own: Place, other: Place, target: Place, port: int, protocol: str
    ) -> bool:
        holding = [
            policy["spec"]
            for policy in self.objects
            if own.namespace == self.namespace
            and way in policy["spec"]["policyTypes"]
            and _matches(policy["spec"]["podSelector"], own.labels)
        ]
        if not holding:
            return True
        rules = [rule for spec in holding for rule in spec.get(way.lower()) or []]
        return any(
            self._peer(rule.get("from" if way == "Ingress" else "to"), other)
            and _port(rule.get("ports"), target, port, protocol)
            for rule in rules
        )

    def _peer(self, peers: Iterable[Mapping[str, Any]] | None, other: Place) -> bool:
        return not peers or any(self._is(peer, other) for peer in peers)

    def _is(self, peer: Mapping[str, Any], other: Place) -> bool:
        if "ipBlock" in peer:
            return not other.namespace and _within(peer["ipBlock"], other.address)
        if not other.namespace:
            return False
        inside = (
            _matches(peer["namespaceSelector"], {"kubernetes.io/metadata.name": other.namespace})
            if "namespaceSelector" in peer
            else other.namespace == self.namespace
        )
        return inside and _matches(peer.get("podSelector", {}), other.labels)


def _matches(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    assert not selector.get("matchExpressions"), "not computed here"
    return bool((selector.get("matchLabels") or {}).items() <= labels.items())


def _within(block: Mapping[str, Any], address: str) -> bool:
    at = ipaddress.ip_address(address)
    return at in ipaddress.ip_network(block["cidr"]) and not any(
        at in ipaddress.ip_network(one) for one in block.get("except", [])
    )


def _port(ports: Iterable[Mapping[str, Any]] | None, target: Place, port: int, proto: str) -> bool:
    if not ports:
        return True
    return any(
        one.get("protocol", "TCP") == proto and _number(one["port"], target) == port
        for one in ports
    )


def _number(port: int | str, target: Place) -> int | None:
    return target.ports.get(port) if isinstance(port, str) else port
