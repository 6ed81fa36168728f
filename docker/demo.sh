#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the release and shows the everyday case, in a directory of its own: docker/demo.sh [COMMAND [ARG]...]
# Ends with the exit code of the command.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source docker/lib/build.sh
source docker/lib/packages.sh

if ((EUID != 0)); then
    echo "$0: stepdown starts as root, and so does its demonstration" >&2
    exit 1
fi

install_packages build
configure release -D STEPDOWN_TESTS=OFF
build release --target stepdown

stepdown=$PWD/build/release/stepdown
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

headline() { printf '\n== %s\n\n' "$*"; }

# A volume as root left it, and in it a link that somebody planted to be given a file of the host.
make_volume() {
    umask 0022
    chmod 0755 . # the user has to reach the data
    mkdir -p data/cache
    echo rows >data/app.db
    echo page >data/cache/page
    echo secret >host-file
    ln -s ../host-file data/planted
}

show_files() {
    find data host-file -printf '%M  %4U:%-4G  %p' \( -type l -printf ' -> %l' -o -true \) -printf '\n' | sort -k3b
}

# Measured, not promised.
show_outcome() {
    echo
    echo "entries of data that are not 1000:1000's:        $(find data ! \( -user 1000 -group 1000 \) | wc -l)"
    echo "owner of host-file, which the link points to:    $(stat -c %u:%g host-file)"
    if [[ -e data/written ]]; then
        echo "mode of data/written, which the command wrote:   $(stat -c %a data/written)"
    fi
    echo "exit code of the command:                        $1"
}

if (($# == 0)); then
    set -- sh -c 'id; umask; grep CapEff /proc/self/status; echo more >data/written'
fi

cd "$scratch"
make_volume
headline "Before: the volume belongs to root, and a planted link leads out of it"
show_files

export GOSU_USER=1000:1000 GOSU_CHOWN=$scratch/data GOSU_UMASK=0027
headline "GOSU_USER=$GOSU_USER GOSU_CHOWN=$GOSU_CHOWN GOSU_UMASK=$GOSU_UMASK stepdown --dry-run ${*@Q}"
"$stepdown" --dry-run "$@" || true

headline "The same without --dry-run"
status=0
"$stepdown" "$@" || status=$?

headline "After"
show_files
show_outcome "$status"
exit "$status"
