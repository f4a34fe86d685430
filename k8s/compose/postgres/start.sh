#!/bin/sh
# start.sh primary|standby. The first start makes the data beside where it will lie and moves it
# there when it is whole, so that one that was cut off begins anew.
set -eu
PATH=$(echo /usr/lib/postgresql/*/bin):$PATH
data=/data/postgres
secret() { cat "/run/secrets/$1"; }

new_primary() {
	rm -rf "$data.new"
	secret postgres-password > /tmp/password
	initdb -D "$data.new" -U postgres -E UTF8 --locale=C.UTF-8 --data-checksums \
		--auth-local=trust --auth-host=scram-sha-256 --pwfile=/tmp/password >/dev/null
	rm /tmp/password
	printf 'host all all all scram-sha-256\nhost replication replicator all scram-sha-256\n' >> "$data.new/pg_hba.conf"
	cat >> "$data.new/postgresql.conf" <<-CONF
		listen_addresses = '*'
		unix_socket_directories = '/tmp'
		jit = off
		max_connections = ${MAX_CONNECTIONS:-100}
		max_slot_wal_keep_size = 4GB
		hot_standby_feedback = on
		idle_in_transaction_session_timeout = 30s
	CONF
	pg_ctl -D "$data.new" -w -s -o "-c listen_addresses=''" start
	psql -q -h /tmp -U postgres -v ON_ERROR_STOP=1 -v password="$(secret replication-password)" <<-'SQL'
		CREATE ROLE replicator LOGIN REPLICATION PASSWORD :'password';
		CREATE DATABASE fotbot;
		REVOKE ALL ON DATABASE fotbot FROM PUBLIC;
		\c fotbot
		REVOKE ALL ON SCHEMA public FROM PUBLIC;
	SQL
	for role in users sessions teams sender; do
		psql -q -h /tmp -U postgres -d fotbot -v ON_ERROR_STOP=1 -v role="$role" -v password="$(secret "database-password-$role")" <<-'SQL'
			CREATE ROLE :"role" LOGIN PASSWORD :'password';
			ALTER ROLE :"role" SET search_path = :"role";
			GRANT CONNECT, TEMPORARY ON DATABASE fotbot TO :"role";
			CREATE SCHEMA :"role" AUTHORIZATION :"role";
		SQL
	done
	pg_ctl -D "$data.new" -w -s -m fast stop
	mv "$data.new" "$data"
}

new_standby() {
	rm -rf "$data.new"
	PGPASSWORD=$(secret replication-password)
	export PGPASSWORD
	until pg_isready -q -h postgres; do sleep 1; done
	copy() { pg_basebackup -h postgres -U replicator -D "$data.new" -R -X stream -S standby -c fast "$@"; }
	copy -C || copy
	unset PGPASSWORD
	mv "$data.new" "$data"
}

[ -s "$data/PG_VERSION" ] || "new_$1"
rm -f "$data/postmaster.pid"
exec postgres -D "$data"
