"""Dashboards as data, and a Prometheus beside the system on this machine that answers them."""
