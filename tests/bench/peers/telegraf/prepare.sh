#!/bin/sh
# Installs what the lock file says and generates Prisma's client; silent and quick when done.
set -eu
cd "$(dirname "$0")"
want=$(cat package-lock.json prisma/schema.prisma prisma.config.mjs | cksum)
test "$(cat node_modules/.prepared 2>/dev/null)" = "$want" && exit 0
command -v npm >/dev/null || { echo "The Telegraf bots need Node.js and npm: make peers" >&2; exit 1; }
node -e 'const [major, minor] = process.versions.node.split(".").map(Number);
	process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' || {
	echo "The Telegraf bots need Node.js 20.19 or newer, and this is $(node --version)" >&2
	exit 1
}
echo "Installing the Telegraf bots..."
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
# Generating needs no engine; any program will do in its place, and none is fetched.
PRISMA_SCHEMA_ENGINE_BINARY=/bin/true CHECKPOINT_DISABLE=1 PRISMA_HIDE_UPDATE_MESSAGE=1 \
	node_modules/.bin/prisma generate >/dev/null 2>&1 || {
	echo "prisma generate failed; run it in $PWD to see why" >&2
	exit 1
}
echo "$want" > node_modules/.prepared
