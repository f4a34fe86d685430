"""A whole process around the echo service, to be started, asked and stopped by tests."""

from functools import partial

from pydantic import SecretStr

from services.chassis import logs
from services.chassis.process import Process, main
from services.chassis.server import serve
from services.chassis.setting_groups import GrpcSettings, OpsSettings
from tests.chassis.echo import SERVICE, register

log = logs.logger(__name__)


class EchoSettings(OpsSettings, GrpcSettings):
    """What the process is told."""

    echo_secret: SecretStr
    """Never to be seen in a log."""


async def echo(text: str) -> str:
    """Say it back; fail, when asked to."""
    log.info("echoing", text=text)
    if text == "fail":
        raise LookupError("as was asked")
    return text


async def body(settings: EchoSettings, process: Process) -> None:
    """Serve, and log the secret as nobody should."""
    log.info("careless", secret=settings.echo_secret.get_secret_value())
    await serve(process, settings.grpc_port, partial(register, echo), [SERVICE])


if __name__ == "__main__":
    main("echo", EchoSettings, body)
