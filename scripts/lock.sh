#!/usr/bin/env bash
# Write the lock files anew: every version pinned with its hashes, for every platform, without addresses.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

uv=${VENV:-.venv}/bin/uv
[ -x "$uv" ] || uv=uv

compile() {
    "$uv" pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" "$@"
}

compile --all-extras pyproject.toml scripts/bootstrap.in --output-file requirements-dev.lock
compile --constraints requirements-dev.lock --extra postgres pyproject.toml --output-file requirements.lock
compile --constraints requirements-dev.lock scripts/bootstrap.in --output-file scripts/bootstrap.lock
