# SPDX-License-Identifier: Apache-2.0
# Sourced. apt with lists and a state of its own: this machine's packages and architectures stay as they are.
# shellcheck shell=bash

apt_directory="" apt_architecture=""

# use_apt ARCHITECTURE DIRECTORY: of a machine of that architecture, on which nothing is installed. DIRECTORY is absolute.
use_apt() {
    apt_architecture=$1 apt_directory=$2
    mkdir -p "$apt_directory"/{state/lists/partial,cache/archives/partial,debs,sources}
    : >"$apt_directory/status"
}

# foreign_apt get|cache ARGUMENT...: apt-get or apt-cache as that machine would run it.
foreign_apt() {
    "apt-$1" -q -o "APT::Architecture=$apt_architecture" -o "APT::Architectures=$apt_architecture" \
        -o APT::Sandbox::User=root -o "Dir::State=$apt_directory/state" -o "Dir::State::status=$apt_directory/status" \
        -o "Dir::Cache=$apt_directory/cache" -o Acquire::Languages=none "${@:2}"
}

# fetch_source PACKAGE: unpacks Debian's source package, patches included, in DIRECTORY/PACKAGE of use_apt. A bare machine's
# lists have no sources: they are derived from the binaries' here, in whichever form those have (sources.list(5)). apt
# checks the two archives by its signed lists, so the package's own .dsc and upstream's signature are not fetched.
fetch_source() {
    if [[ -e /etc/apt/sources.list.d/debian.sources ]]; then
        sed 's/^Types: .*/Types: deb-src/' /etc/apt/sources.list.d/debian.sources >"$apt_directory/sources/debian.sources"
    else
        sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >"$apt_directory/sources/debian.list"
    fi
    local sources=(-o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$apt_directory/sources")
    foreign_apt get "${sources[@]}" update
    local part archives=$apt_directory/archives-of-$1
    mkdir "$archives"
    for part in --tar-only --diff-only; do
        (cd "$archives" && foreign_apt get "${sources[@]}" source --download-only "$part" "$1")
    done
    unpack_source "$archives" "$apt_directory/$1"
}

# unpack_source ARCHIVES DIRECTORY: as dpkg-source(1) does where the format is 3.0 (quilt).
unpack_source() {
    local patch
    mkdir "$2"
    tar -C "$2" --strip-components=1 -xf "$1"/*.orig.tar.*
    tar -C "$2" -xf "$1"/*.debian.tar.*
    while IFS= read -r patch; do
        patch -d "$2" -p1 --fuzz=0 --quiet <"$2/debian/patches/$patch"
    done < <(sed -E '/^(#|$)/d' "$2/debian/patches/series")
}
