"""The stores of one machine: Postgres primary and hot standby, and a Valkey cluster."""
