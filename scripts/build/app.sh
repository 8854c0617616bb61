#!/bin/sh
# Copy what runs in production into APP: no tests, no simulator, and none of the demo's relaxed settings.
set -eu
app=$1
mkdir -p "$app/ops" "$app/var"
cp -R manage.py rarbooking booking appointments cases govuk toolkits guidance delius audit templates "$app/"
cp ops/gunicorn.conf.py ops/healthcheck.py "$app/ops/"
rm -rf "$app/rarbooking/profiles" "$app/rarbooking/styles"
find "$app" -name __pycache__ -prune -exec rm -rf {} +
