# Every role of Fotbot in one image; the command picks the role: python -m services.gateway.
# No shell, no package manager, no root: Python, what requirements.lock pins, and the product.
#
# Any Debian will do as BASE, so that it can be built where no registry is (make base-image). The
# base only builds: of it, nothing but Python and the libraries that are loaded gets into the image.
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS build
ENV DEBIAN_FRONTEND=noninteractive \
    PIP_CERT=/etc/ssl/certs/ca-certificates.crt \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONHASHSEED=0
RUN apt-get -qq update \
 && apt-get -qq install -y --no-install-recommends ca-certificates netbase python3 python3-pip python3-venv
WORKDIR /app
RUN python3 -m venv --without-pip /app/venv && python3 -m venv /build
COPY k8s/image/build.lock requirements.lock k8s/image/wanted.py /src/
# Wheels alone, each held to its hash, without what only `make run` needs.
RUN python3 /src/wanted.py /src/requirements.lock > /src/wanted.lock \
 && pip --python /app/venv/bin/python install -q --no-compile --no-deps --only-binary :all: --require-hashes -r /src/wanted.lock \
 && /build/bin/pip install -q --no-deps --only-binary :all: --require-hashes -r /src/build.lock
COPY . /src/
# The checkout's date dates everything, so that the same sources make the same image.
ARG SOURCE_DATE_EPOCH=0
RUN export SOURCE_DATE_EPOCH \
 && /build/bin/pip wheel -q --no-deps --no-build-isolation -w /wheel /src \
 && pip --python /app/venv/bin/python install -q --no-compile --no-deps --no-index /wheel/*.whl \
 && cd /src && python3 -m k8s.image.rootfs /rootfs "$SOURCE_DATE_EPOCH"

FROM scratch
COPY --from=build /rootfs /
ENV PATH=/app/venv/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
WORKDIR /app
USER 65532:65532
EXPOSE 8080 9090 50051
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="fotbot" \
      org.opencontainers.image.description="Evenings of small-sided football, run out of Telegram" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
CMD ["python", "-c", "print('Say which role: python -m services.gateway, services.gateway.sender, services.users, ...')"]
