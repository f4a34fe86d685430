#!/bin/sh
# Makes the secrets that are not there yet, as files in k8s/compose/secrets (or SECRETS). The bot's
# token alone is yours to bring: in BOT_TOKEN at the first time, or as the file bot-token.
set -eu
cd "$(dirname "$0")/../.."
secrets=${SECRETS:-k8s/compose/secrets}
# Where they lay before: a checkout that is brought up to date keeps its secrets.
if [ -z "${SECRETS:-}" ] && [ -d compose/secrets ] && [ ! -e "$secrets" ]; then mv compose/secrets "$secrets"; fi
# The folder keeps strangers out; inside, each container reads as a user that this machine has not.
mkdir -p -m 700 "$secrets"
random() { od -An -tx1 -N24 /dev/urandom | tr -d ' \n'; }
keep() { [ -s "$secrets/$1" ] || printf '%s' "$2" > "$secrets/$1"; chmod 444 "$secrets/$1"; }

for name in postgres-password replication-password valkey-password webhook-secret invitation-key; do keep "$name" "$(random)"; done
for role in users sessions teams sender; do
	keep "database-password-$role" "$(random)"
	password=$(cat "$secrets/database-password-$role")
	keep "database-url-$role" "postgresql://$role:$password@postgres:5432/fotbot"
	keep "database-replica-url-$role" "postgresql://$role:$password@postgres-standby:5432/fotbot"
done
password=$(cat "$secrets/valkey-password")
keep redis-url "redis://:$password@valkey-1:6379,redis://:$password@valkey-2:6379,redis://:$password@valkey-3:6379"
[ -z "${BOT_TOKEN:-}" ] || keep bot-token "$BOT_TOKEN"
[ -s "$secrets/bot-token" ] || { echo "Write the bot's token into $secrets/bot-token, or say it once: BOT_TOKEN=123:abc make compose" >&2; exit 2; }
