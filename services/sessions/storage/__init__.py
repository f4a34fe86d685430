"""Sessions in Postgres and in the cache. The only place here that writes SQL."""
