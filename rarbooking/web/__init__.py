"""What every request and answer goes through: middleware, limits, error pages, headers, templates, static files."""
