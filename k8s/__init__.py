"""What runs on Kubernetes alone."""
