#!/bin/sh
# Builds the product's image, and says its size. ENGINE=podman|docker, IMAGE, BASE, VERSION.
# The same checkout on the same base makes the same layer; with REPRODUCIBLE=1 and podman the same
# image, to the digest (it is then built anew from the first step on).
set -eu
cd "$(dirname "$0")/../.."
engine=${ENGINE:-$(command -v podman || command -v docker)}
image=${IMAGE:-fotbot:dev}
epoch=$(git log -1 --format=%ct 2>/dev/null || echo 0)
revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)
base=${BASE:-debian:bookworm-slim}
if [ -z "${BASE:-}" ] && "$engine" image inspect fotbot-base:bookworm >/dev/null 2>&1; then base=fotbot-base:bookworm; fi
set -- --build-arg BASE="$base" --build-arg SOURCE_DATE_EPOCH="$epoch" --build-arg REVISION="$revision" --build-arg VERSION="${VERSION:-dev}" "$@"
# runc may not raise limits where this one may not.
case $engine in *podman) set -- --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 "$@" ;; esac
if [ -n "${REPRODUCIBLE:-}" ]; then set -- --timestamp "$epoch" --no-cache "$@"; fi
"$engine" build --quiet -t "$image" "$@" .
"$engine" image inspect --format "$image on $base: {{.Size}} bytes" "$image"
