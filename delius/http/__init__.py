"""The HTTP under the client: transport, tokens, retries, circuit breaker, bulkhead, health."""
