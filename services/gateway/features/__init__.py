"""What people can do, one package per feature: handlers, screens, callbacks, router."""
