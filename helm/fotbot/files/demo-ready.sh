for folder in /usr/lib/postgresql/*/bin; do PATH="$PATH:$folder"; done
exec pg_isready -q -h 127.0.0.1
