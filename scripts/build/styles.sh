#!/bin/sh
# Compile the stylesheet of the product's pages, with the front-end packages in PACKAGES/node_modules, into STYLES.
set -eu
packages=$1
styles=$2
"$packages/node_modules/.bin/sass" --load-path="$packages" --style=compressed --no-source-map \
    rarbooking/styles/product.scss "$styles/rarbooking/product.css"
