"""Refusals on the wire: a gRPC status with google.rpc.ErrorInfo in its details, and back."""

import grpc
from google.rpc import error_details_pb2, status_pb2

from services.chassis.errors import Kind, Refused, RemoteRefusal

DOMAIN = "fotbot"
DETAILS_KEY = "grpc-status-details-bin"
# Metadata over 16 KiB is refused whole, and then the reason is lost with it.
LONGEST_MESSAGE = 512
LONGEST_DETAIL = 256
MOST_DETAILS = 16


def status_code(kind: Kind) -> grpc.StatusCode:
    """The gRPC status of a kind of refusal."""
    return grpc.StatusCode[kind.value]


def packed(refusal: Refused | RemoteRefusal) -> bytes:
    """The refusal as a serialised google.rpc.Status, the value of `DETAILS_KEY`."""
    status = status_pb2.Status(
        code=status_code(refusal.kind).value[0],
        message=message(refusal),
    )
    status.details.add().Pack(
        error_details_pb2.ErrorInfo(
            reason=refusal.reason,
            domain=DOMAIN,
            metadata=details_of(refusal),
        )
    )
    return bytes(status.SerializeToString())


def details_of(refusal: Refused | RemoteRefusal) -> dict[str, str]:
    """The refusal's details, fit for the wire."""
    details = list(refusal.details.items())[:MOST_DETAILS]
    return {name: _sendable(value, LONGEST_DETAIL) for name, value in details}


def message(refusal: Refused | RemoteRefusal) -> str:
    """What the refusal tells a developer, fit for the wire."""
    return _sendable(str(refusal), LONGEST_MESSAGE)


def remote_refusal(error: grpc.aio.AioRpcError) -> RemoteRefusal | None:
    """What the other side refused with, or None if the status is not one of our refusals."""
    for key, value in error.trailing_metadata() or ():
        if key == DETAILS_KEY and isinstance(value, bytes):
            return _unpacked(value, error)
    return None


def _unpacked(value: bytes, error: grpc.aio.AioRpcError) -> RemoteRefusal | None:
    status, info = status_pb2.Status.FromString(value), error_details_pb2.ErrorInfo()
    code = error.code().name
    for detail in status.details:
        if detail.Unpack(info) and info.domain == DOMAIN and code in set(Kind):
            return RemoteRefusal(Kind(code), info.reason, dict(info.metadata), status.message)
    return None


def _sendable(text: str, longest: int) -> str:
    """Without lone surrogates, which protobuf refuses, and not too long."""
    return text[:longest].encode("utf-8", "replace").decode()
