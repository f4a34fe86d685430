"""gRPC's credentials, of the newest certificates there are.

A server is asked for them at every handshake; a channel keeps those that it was made with, so
channels are made anew (client.py).
"""

from typing import Any, cast

import grpc

from services.chassis.identity import Certificates, Identity


def server_credentials(identity: Identity) -> grpc.ServerCredentials:
    """Nobody gets in without a certificate that our CA has signed."""
    served = identity.certificates

    def newest() -> grpc.ServerCertificateConfiguration | None:
        """Called in a thread of gRPC's. None: still the same."""
        nonlocal served
        certificates = identity.certificates
        if certificates is served:
            return None
        served = certificates
        return _configuration(certificates)

    # The stubs know nothing of the None.
    return grpc.dynamic_ssl_server_credentials(
        _configuration(served), cast(Any, newest), require_client_authentication=True
    )


def channel_credentials(identity: Identity) -> grpc.ChannelCredentials:
    """Of now."""
    certificates = identity.certificates
    return grpc.ssl_channel_credentials(
        root_certificates=certificates.roots,
        private_key=certificates.key,
        certificate_chain=certificates.chain,
    )


def _configuration(certificates: Certificates) -> grpc.ServerCertificateConfiguration:
    pair = (certificates.key, certificates.chain)
    return grpc.ssl_server_certificate_configuration([pair], root_certificates=certificates.roots)
