#!/bin/sh
# Make a virtual environment at VENV from WHEELS and nothing else: what is fetched has been held to its hash before.
set -eu
wheels=$1
venv=$2
"${PYTHON:-python}" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps "$wheels"/*.whl
"$venv/bin/python" -m pip check
# It never installs anything again.
"$venv/bin/python" -m pip uninstall --quiet --yes pip setuptools
