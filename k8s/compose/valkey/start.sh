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

# The slots are shared out by the order of the names; every node takes its own and asks for the rest.
is_whole() { redis-cli cluster info | grep -q '^cluster_state:ok' && redis-cli cluster info | grep -q "^cluster_known_nodes:$#"; }
take_slots() {
	redis-cli cluster nodes | awk '/myself/ { exit NF > 8 ? 0 : 1 }' && return
	redis-cli cluster set-config-epoch "$1"
	redis-cli cluster addslotsrange "$((16384 * ($1 - 1) / $2))" "$((16384 * $1 / $2 - 1))"
}
watch() {
	while sleep 1; do
		is_whole "$@" && continue
		number=0
		for node in "$@"; do
			number=$((number + 1))
			if [ "$node" = "$NODE" ]; then
				take_slots "$number" "$#"
			else
				found=$(getent ahostsv4 "$node" | awk '{ print $1; exit }')
				[ -z "$found" ] || redis-cli cluster meet "$found" 6379
			fi
		done
	done
}
(set +e; watch "$@") >/dev/null 2>&1 &
exec redis-server /tmp/node.conf
