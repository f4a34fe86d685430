# A throw-away cluster of one node, which holds all slots.
set -eu
server=$(command -v valkey-server || command -v redis-server)
cli=$(command -v valkey-cli || command -v redis-cli)
"$server" --cluster-enabled yes --cluster-config-file /tmp/nodes.conf --cluster-announce-ip "$POD_IP" \
    --cluster-require-full-coverage no --dir /tmp --save '' --appendonly no --protected-mode no \
    --maxmemory 64mb --maxmemory-policy allkeys-lru &
until "$cli" ping >/dev/null 2>&1; do sleep 0.1; done
# Refused after a restart: then it has them already.
"$cli" cluster addslotsrange 0 16383 >/dev/null || true
trap 'kill $!' TERM INT
wait $!
