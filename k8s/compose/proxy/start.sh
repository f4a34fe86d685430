#!/bin/sh
# A certificate of our own making unless /tls holds one: tls.crt and tls.key, PEM.
set -eu
umask 077
name=${HOST_NAME:-localhost}
if [ ! -s /tls/tls.crt ]; then
	openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj "/CN=$name" \
		-addext "subjectAltName=DNS:$name,DNS:localhost,IP:127.0.0.1" \
		-keyout /tls/tls.key -out /tls/tls.crt 2>/dev/null
fi
# `docker compose run --rm --no-deps proxy certificate`: what callers have to trust.
if [ "${1:-}" = certificate ]; then exec cat /tls/tls.crt; fi
cat /tls/tls.crt /tls/tls.key > /tmp/tls.pem
exec haproxy -W -db -f /haproxy.cfg
