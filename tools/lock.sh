#!/bin/sh
# Renew the hashed requirement files from pyproject.toml.
set -eu
cd "$(dirname -- "$0")/.."
lock() { uv pip compile pyproject.toml "$@" --generate-hashes --no-header --no-emit-index-url --python-version 3.11 --quiet; }
lock --group build -o requirements.txt > /dev/null
lock --group build --group dev -o requirements-dev.txt > /dev/null
