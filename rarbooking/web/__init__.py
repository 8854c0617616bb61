"""HTTP layer: middleware, rate and size limits, error pages, security headers, templates, static files."""
