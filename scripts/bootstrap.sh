#!/usr/bin/env bash
# Fill a virtual environment with the locked dependencies and this project; quick when nothing has changed.
#
#   scripts/bootstrap.sh [run|dev]    run: what the program needs · dev (the default): what its tests need as well
#
# Environment: VENV (default .venv) where to put it · PYTHON (default: the first Python of 3.11 or newer on PATH).
# The installer is uv: the one on PATH, else one fetched into the environment; plain pip where that fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

kind=${1:-dev}
venv=${VENV:-.venv}
case $kind in
    run) lock=requirements.lock ;;
    dev) lock=requirements-dev.lock ;;
    *) echo "usage: scripts/bootstrap.sh [run|dev]" >&2; exit 2 ;;
esac

say() { printf '%s\n' "$*" >&2; }

fingerprint() { # of the environment of kind $1: where it stands and what it was made from
    printf '%s %s\n' "$PWD" "$(cat "$1" scripts/bootstrap.lock scripts/bootstrap.sh pyproject.toml | cksum)"
}

is_ready() { # is the environment of kind $1, locked by $2, in place?
    [ -x "$venv/bin/python" ] && [ "$(cat "$venv/.ready-$1" 2>/dev/null)" = "$(fingerprint "$2")" ]
}

works() { command -v "$1" >/dev/null 2>&1 && "$1" --version >/dev/null 2>&1; }

is_recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14 python}; do
        if is_recent "$candidate"; then command -v "$candidate"; return; fi
    done
}

refuse_old_python() {
    say "This project needs Python 3.11 or newer; found: $(python3 --version 2>&1 || echo none)."
    say "Install one, or name it: make PYTHON=/path/to/python3.12"
    exit 1
}

mend_with_apt() { # mend_with_apt PACKAGE WHAT-IS-MISSING: as root install it, else say the line that does and stop
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "$2: installing the system package $1 ..."
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$1" >/dev/null && return
    fi
    say "$2. This mends it; then run the same command again:"
    say "    sudo apt-get update && sudo apt-get install -y $1"
    exit 1
}

venv_package() { # Debian keeps the part of Python that makes environments in a package of its own
    "$1" -c 'import sys; print(f"python3.{sys.version_info.minor}-venv")'
}

create_environment() {
    local python
    python=$(find_python)
    if works uv; then
        uv venv --quiet --python "${python:->=3.11}" "$venv"
        return
    fi
    [ -n "$python" ] || refuse_old_python
    if ! "$python" -m venv "$venv" >/dev/null 2>&1; then
        rm -rf "$venv"
        mend_with_apt "$(venv_package "$python")" "$python cannot make virtual environments"
        "$python" -m venv "$venv"
    fi
}

has_pip() { "$venv/bin/python" -m pip --version >/dev/null 2>&1; }

pip_install() { "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"; }

uv_install() { # with the uv named $1
    local uv=$1
    "$uv" pip install --quiet --python "$venv/bin/python" --require-hashes -r scripts/bootstrap.lock -r "$lock"
    "$uv" pip install --quiet --python "$venv/bin/python" --no-deps --no-build-isolation --editable .
}

fill_environment() {
    if works uv; then
        uv_install uv
    elif works "$venv/bin/uv" || { has_pip && pip_install --require-hashes -r scripts/bootstrap.lock 2>/dev/null; }; then
        uv_install "$venv/bin/uv"
    else
        say "uv is not to be had here: plain pip does the same in a few minutes ..."
        pip_install --require-hashes -r "$lock"
        pip_install --no-deps --editable .
    fi
}

check_openmp() { # LightGBM leaves this one library to the system, and slim images do without it
    "$venv/bin/python" -c 'import lightgbm' >/dev/null 2>&1 && return
    if [ "$(uname)" = Darwin ]; then
        say "LightGBM does not load. This mends it; then run the same command again: brew install libomp"
        exit 1
    fi
    mend_with_apt libgomp1 "LightGBM does not load without the OpenMP library"
}

compile_once() { # what every command imports, also where Python is told to keep no compiled files
    PYTHONDONTWRITEBYTECODE='' "$venv/bin/python" -c 'import lightgbm, o2c_ai.cli'
}

if is_ready dev requirements-dev.lock || is_ready "$kind" "$lock"; then exit 0; fi

started=$SECONDS
say "Setting up $venv (the first time: half a minute or more) ..."
if [ -e "$venv" ]; then
    # One that was moved here, or whose Python has gone, cannot be mended: its commands carry their old place.
    moved=$(cat "$venv"/.ready-* 2>/dev/null | grep -vF "$PWD " || :)
    if [ -n "$moved" ] || ! is_recent "$venv/bin/python"; then rm -rf "$venv"; fi
fi
[ -e "$venv" ] || create_environment
rm -f "$venv"/.ready-*
fill_environment
check_openmp
compile_once
fingerprint "$lock" >"$venv/.ready-$kind"
say "$venv is ready ($((SECONDS - started)) s)."
