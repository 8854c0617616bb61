#!/bin/sh
# Fetch or build a wheel of each requirement, each held to its hash, into WHEELS. REQUIREMENTS is requirements.txt.
set -eu
requirements=$1
wheels=$2
"${PYTHON:-python}" -m pip wheel --quiet --disable-pip-version-check --require-hashes --no-deps \
    --requirement "$requirements" --wheel-dir "$wheels"
