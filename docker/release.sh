#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes a release in build/dist: docker/release.sh [ARCHITECTURE]...
# For each architecture stepdown-ARCHITECTURE; stepdown-ARCHITECTURE.spdx and .spdx.json, which name what is linked into
# it; and a Debian package with the same file, the manual page and the completion. For all of them the Debian package
# stepdown-gosu; stepdown-image.tar, an OCI archive of their images; stepdown-VERSION.tar.xz, the source; and SHA256SUMS.
# The same source gives the same bytes, whenever and wherever it is built with the same packages.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source docker/lib/architectures.sh
source docker/lib/build.sh
source docker/lib/packages.sh
source docker/lib/source.sh

(($#)) || set -- "${architectures[@]}"
dist=$PWD/build/dist
pages=$PWD/build/$(preset_of "$native") # they are the same for all, and made by a program of this machine
version=$(source_version)

cannot() {
    echo "$0: $*" >&2
    exit 1
}

# Before minutes of building, not after them.
check_needs() {
    local architecture
    for architecture in "$@"; do
        [[ " ${architectures[*]} " == *" $architecture "* ]] || cannot "$architecture is none of: ${architectures[*]}"
    done
    [[ $LIBC == musl ]] || cannot "unset LIBC: a release has one file for each architecture"
    # The time that the files bear: the source's, not the build's.
    SOURCE_DATE_EPOCH=$(source_time)
    export SOURCE_DATE_EPOCH
    [[ $SOURCE_DATE_EPOCH =~ ^[0-9]+$ ]] ||
        cannot "set SOURCE_DATE_EPOCH to the time of the sources, in seconds: neither git nor the file .revision tells it"
    [[ $(source_revision) ]] || echo "Not of a commit: the files name no source revision"
    install_packages release
}

# debian_packages ARCHITECTURE PRESET
debian_packages() {
    local work
    work=$(mktemp -d "$PWD/build/debian-packages.XXXXXX")
    configure "$2" -D STEPDOWN_PAGES="$pages"
    quietly "package-$1" cpack -G DEB --config "build/$2/CPackConfig.cmake" -B "$work"
    dpkg-deb --fsys-tarfile "$work/stepdown_${version}_$1.deb" | tar -xO ./usr/bin/stepdown | cmp - "$dist/stepdown-$1"
    mv "$work"/*.deb "$dist"
    rm -rf "$work"
}

# release ARCHITECTURE
release() {
    local file=$dist/stepdown-$1 preset
    preset=$(preset_of "$1")
    install -m 0755 "build/$preset/stepdown" "$file"
    docker/sbom.sh "$file" "$1" >"$file.spdx.json"
    jq -rf docker/lib/spdx.jq "$file.spdx.json" >"$file.spdx"
    debian_packages "$1" "$preset"
}

check_needs "$@"
docker/build-all.sh "$native" "$@"
build "$(preset_of "$native")" --target stepdown_pages
rm -rf "$dist"
mkdir -p "$dist"
for architecture in "$@"; do release "$architecture"; done
docker/image.sh "$dist/stepdown-image.tar" "${@/#/$dist/stepdown-}"
pack_source "$dist/stepdown-$version.tar.xz"
touch -d "@$SOURCE_DATE_EPOCH" "$dist"/*
(cd "$dist" && sha256sum stepdown* >SHA256SUMS)
cat "$dist/SHA256SUMS"
