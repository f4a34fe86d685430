#!/bin/sh
# start.sh NODE...: one node of a cluster of these. Nothing is written to disk but who is in the
# cluster; a watch beside the server makes the cluster at first, and introduces the nodes to each
# other again when all of them have come back under new addresses.
set -eu
export REDISCLI_AUTH
REDISCLI_AUTH=$(cat /run/secrets/valkey-password)
cat > /tmp/node.conf <<CONF
dir /data
cluster-enabled yes
cluster-node-timeout 2000
cluster-require-full-coverage no
cluster-announce-hostname $NODE
cluster-preferred-endpoint-type hostname
maxmemory ${MAXMEMORY:-128mb}
maxmemory-policy allkeys-lru
save ""
appendonly no
requirepass $REDISCLI_AUTH
masterauth $REDISCLI_AUTH
CONF

address() { getent ahostsv4 "$1" | awk '{ print $1; exit }'; }
is_whole() { redis-cli cluster info | grep -q '^cluster_state:ok' && redis-cli cluster info | grep -q "^cluster_known_nodes:$#"; }
watch() {
	while sleep 2; do
		is_whole "$@" && continue
		addresses=
		for node in "$@"; do
			found=$(address "$node") && redis-cli -h "$found" ping >/dev/null 2>&1 || continue 2
			addresses="$addresses $found:6379"
		done
		if [ "$(redis-cli cluster info | grep -c '^cluster_slots_assigned:0')" = 1 ] && [ "$NODE" = "$1" ]; then
			redis-cli --cluster create $addresses --cluster-yes
		else
			for found in $addresses; do redis-cli cluster meet "${found%:*}" 6379; done
		fi
	done
}
watch "$@" >/dev/null 2>&1 &
exec redis-server /tmp/node.conf
