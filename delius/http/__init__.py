"""HTTP layer of the client: transport, tokens, retries, circuit breaker, bulkhead, health checks."""
