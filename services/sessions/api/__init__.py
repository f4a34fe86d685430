"""SessionsService and its neighbours over the domain, one module for each service of the wire."""
