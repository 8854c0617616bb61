#!/bin/sh
# Collect, hash and compress the static files of APP into APP/var/static, and compile its Python. PYTHON is that of the
# virtual environment; the packages of front_end.sh and the stylesheet of styles.sh are in FRONT_END. The settings are
# those of production, with placeholders for what only a deployment knows.
set -eu
app=$1
front_end=$2
test -d "$front_end/node_modules/govuk-frontend"
test -f "$front_end/styles/rarbooking/product.css"
ln -s "$front_end/node_modules" "$app/node_modules"
ln -s "$front_end/styles" "$app/var/styles"
(
    cd "$app"
    SECRET_KEY=placeholder-while-building ALLOWED_HOSTS=placeholder.invalid \
    HMPPS_AUTH_URL=https://placeholder.invalid/auth DELIUS_INTEGRATION_URL=https://placeholder.invalid \
    HMPPS_CLIENT_ID=placeholder HMPPS_CLIENT_SECRET=placeholder \
        "$PYTHON" manage.py collectstatic --no-input --clear --verbosity 0
)
rm "$app/node_modules" "$app/var/styles"
"$PYTHON" -m compileall -q "$app"
