#!/bin/sh
# Install the front-end packages and what compiles their styles, as pinned, into DESTINATION/node_modules.
# Used by the Dockerfile and by scripts/package.py, like every script of this folder.
set -eu
destination=$1
mkdir -p "$destination"
cp package.json package-lock.json "$destination/"
npm ci --prefix "$destination" --include=dev --omit=optional --ignore-scripts --no-audit --no-fund --loglevel=error
