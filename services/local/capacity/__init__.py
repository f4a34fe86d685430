"""How much of everything a crowd needs: replicas, pools, memory, autoscaling limits, cost."""
