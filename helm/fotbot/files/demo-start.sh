# A throw-away Postgres: the pod whose name ends in -0 is the primary, any other its standby.
set -eu
for folder in /usr/lib/postgresql/*/bin; do PATH="$PATH:$folder"; done
export PATH
passwords=/run/secrets/postgres

# Made beside where it will lie, and moved there when it is whole: one that was cut off begins anew.
primary() {
    new="$PGDATA.new"
    rm -rf "$new"
    initdb -D "$new" -U postgres --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 \
        --pwfile="$passwords/postgres" >/dev/null
    # Asked only in the pod itself, before the network is listened on.
    pg_ctl -D "$new" -w start -o "-c listen_addresses= -c unix_socket_directories=/tmp" >/dev/null
    PGPASSWORD=$(cat "$passwords/postgres")
    export PGPASSWORD
    sql() { psql -X -q -v ON_ERROR_STOP=1 -h /tmp -U postgres "$@"; }
    sql -c 'CREATE DATABASE fotbot'
    sql -d fotbot -f /etc/fotbot/database.sql
    for role in users sessions teams sender; do
        printf "ALTER ROLE %s PASSWORD '%s';\n" \
            "$role" "$(cat "$passwords/$role")" "${role}_migrator" "$(cat "$passwords/$role-migrator")" | sql
    done
    printf "CREATE ROLE standby LOGIN REPLICATION PASSWORD '%s';\n" "$(cat "$passwords/standby")" | sql
    unset PGPASSWORD
    pg_ctl -D "$new" -w stop >/dev/null
    echo "host all all all scram-sha-256" >>"$new/pg_hba.conf"
    echo "host replication standby all scram-sha-256" >>"$new/pg_hba.conf"
    mv "$new" "$PGDATA"
}

standby() {
    until PGPASSWORD=$(cat "$passwords/standby") pg_basebackup -D "$PGDATA.new" -R -X stream -c fast \
        -d "host=$PRIMARY user=standby application_name=$POD_NAME"; do
        rm -rf "$PGDATA.new"
        sleep 1
    done
    mv "$PGDATA.new" "$PGDATA"
}

if [ ! -s "$PGDATA/PG_VERSION" ]; then
    rm -rf "$PGDATA"
    case "$POD_NAME" in
    *-0) primary ;;
    *) standby ;;
    esac
fi
rm -f "$PGDATA/postmaster.pid"
# Its own way to end on TERM is to wait until everybody has left.
trap 'kill -INT $!' TERM INT
postgres -D "$PGDATA" -c listen_addresses='*' -c unix_socket_directories=/tmp \
    -c max_connections="$MAX_CONNECTIONS" -c hot_standby_feedback=on -c wal_keep_size=256MB &
wait $! || wait $!
